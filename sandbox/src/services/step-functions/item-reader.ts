import { GetObjectCommand } from '@aws-sdk/client-s3';
import { parse as parseCsv } from 'csv-parse/sync';
import type { Json } from '../../model';
import { isItemLine } from './assumptions';
import type { DistributedMap, MapInput } from './compiled-definition';
import type { RunnableStateMachine } from './runnable-state-machine';
import { TaskError, unsupportedError } from './task-errors';

/** Reads the items of a Distributed Map from the S3 object that its ItemReader names. */
export async function readItems(
  machine: RunnableStateMachine,
  map: DistributedMap,
  { Reader: where = {} }: MapInput,
): Promise<unknown> {
  if (!/^arn:[^:]+:states:::s3:getObject$/.test(String(map.readerResource))) {
    throw unsupportedError(`the item reader ${map.readerResource}`, 'arn:aws:states:::s3:getObject');
  }
  const { Bucket, Key } = where as { Bucket: string; Key: string };
  try {
    const { Body } = await machine.s3.send(new GetObjectCommand({ Bucket, Key }));
    return parseItems(map.readerConfig, (await Body?.transformToString()) ?? '');
  } catch (error) {
    if (error instanceof TaskError) throw error;
    const { name, message } = error as Error;
    throw new TaskError('States.ItemReaderFailed', `s3://${Bucket}/${Key}: ${name}: ${message}`);
  }
}

function parseItems(config: Json, text: string): unknown {
  const {
    InputType: type,
    CSVHeaderLocation: location,
    CSVHeaders: headers,
    CSVDelimiter: delimiter,
    ...others
  } = config;
  const unknown = Object.keys(others).find((name) => !/^MaxItems(Path)?$/.test(name));
  if (unknown) throw unsupportedError(`${unknown} in a ReaderConfig`, 'InputType, MaxItems and the fields of CSV');
  switch (type) {
    case 'JSON':
      return text === '' ? [] : JSON.parse(text);
    case 'JSONL':
      return text
        .split('\n')
        .filter(isItemLine)
        .map((line) => JSON.parse(line));
    case 'CSV':
      return parseCsv(text, {
        bom: true,
        columns: location === 'GIVEN' ? (headers as string[]) : true,
        delimiter: DELIMITERS[String(delimiter ?? 'COMMA')],
        relax_column_count: true,
        skip_empty_lines: true,
      });
    default:
      throw unsupportedError(`the InputType ${type}`, 'JSON, JSONL or CSV');
  }
}

const DELIMITERS: Readonly<Record<string, string>> = { COMMA: ',', PIPE: '|', SEMICOLON: ';', SPACE: ' ', TAB: '\t' };
