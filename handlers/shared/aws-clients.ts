/** For every client: the SDK's three attempts then take 18 s at most, which leaves time for an answer. */
export const CLIENT_SETTINGS = {
  requestHandler: { connectionTimeout: 1_000, requestTimeout: 5_000, throwOnRequestTimeout: true },
};
