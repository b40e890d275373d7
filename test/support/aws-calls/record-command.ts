/** Loaded into a command that a suite starts: records the calls of the command and of the functions that it runs. */
import { CallRecorder } from './sent-calls';

const { RECORDED_CALLS, RECORDED_SENDERS = '' } = process.env;
if (RECORDED_CALLS) new CallRecorder(RECORDED_CALLS, RECORDED_SENDERS.split(',') as ('FUNCTION' | 'OTHER')[]);
