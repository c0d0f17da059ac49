/** Waits for the signal to shut down. */

/** Resolves at the first SIGINT or SIGTERM. A second one ends the process immediately. */
export function shutdownSignal(): Promise<void> {
  return new Promise((resolve) => {
    let isShuttingDown = false;
    const onSignal = (): void => {
      if (isShuttingDown) process.exit(130);
      isShuttingDown = true;
      resolve();
    };
    process.on('SIGINT', onSignal);
    process.on('SIGTERM', onSignal);
  });
}
