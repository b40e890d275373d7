import { verify } from './mac';

/** The call of the custom message trigger as anybody would write it, with the default connections of the SDK. */
export async function handler(event: unknown) {
  await verify();
  return event;
}
