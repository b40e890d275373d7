import { loadReset } from '../../support/loaded-reset';
import { cases } from '../../support/soak';
import { TlsEndpoint } from '../../support/tls-endpoint';

const RESETS = cases(100, 1_000);

/** Calls the handler again at once, faster than Lambda does: the end of the connection is still on its way. */
const LOOP = `(async () => {
  const outcomes = {};
  for (let call = 0; call < ${RESETS}; call++) {
    const answer = reset.handler({ username: 'one' }, { getRemainingTimeInMillis: () => 30_000 });
    const outcome = await answer.then(({ status }) => status, ({ name }) => name);
    outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
  }
  console.error(JSON.stringify(outcomes));
})()`;

test('a reset over TLS has no unknown outcome when the endpoint closes every connection after its answer without saying so', async () => {
  const endpoint = await TlsEndpoint.start({ closesSilently: true });
  const credentials = { AWS_ACCESS_KEY_ID: 'a', AWS_SECRET_ACCESS_KEY: 'b' };
  const { stderr } = await loadReset({ ...endpoint.environment(), ...credentials }, LOOP);
  endpoint.stop();

  // The function logs errors before.
  expect(JSON.parse(stderr.trim().split('\n').at(-1) ?? '')).toEqual({ RESET_REQUIRED: RESETS });
  expect(endpoint.requests).toBe(RESETS);
});
