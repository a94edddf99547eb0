import { Outbox } from './outbox.js';

/** One side of a stream both ways: takes messages as they come, and answers whenever it likes. */
export interface Answerer<Request> {
  accept(request: Request): void;
  /** Resolves when everything that is open has been answered. */
  settled(): Promise<void>;
  /** Withdraws what has not started. */
  close(): void;
}

/** Requests are taken as they come, answers leave as they are given; when either side ends, what waits is withdrawn. */
export async function* answerStream<Request, Response>(
  requests: AsyncIterable<Request>,
  open: (respond: (message: Response) => void) => Answerer<Request>,
): AsyncGenerator<Response> {
  const outbox = new Outbox<Response>();
  const answerer = open((message) => outbox.push(message));
  acceptAll(requests, answerer).then(
    () => outbox.end(),
    (failure) => {
      answerer.close();
      outbox.end({ failure });
    },
  );
  try {
    yield* outbox;
  } finally {
    answerer.close();
  }
}

async function acceptAll<Request>(requests: AsyncIterable<Request>, answerer: Answerer<Request>): Promise<void> {
  for await (const request of requests) answerer.accept(request);
  await answerer.settled();
}
