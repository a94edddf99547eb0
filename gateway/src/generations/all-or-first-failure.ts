/** Tells the first failure at once, and settles when all have. */
export async function allOrFirstFailure<Value>(
  promises: readonly Promise<Value>[],
  onFirst: (thrown: unknown) => void,
): Promise<readonly Value[]> {
  let failure: { readonly thrown: unknown } | undefined;
  const settled = await Promise.allSettled(
    promises.map((promise) =>
      promise.catch((thrown) => {
        if (failure === undefined) {
          failure = { thrown };
          onFirst(thrown);
        }
        throw thrown;
      }),
    ),
  );
  if (failure !== undefined) throw failure.thrown;
  return settled.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
}
