/** A query that is repeated, for data without a subscription. */
import { useEffect } from 'react';
import { useQuery, type AnyVariables, type UseQueryArgs, type UseQueryResponse } from 'urql';

/** @param everyMs the interval; a new value restarts the timer. */
export function usePolledQuery<Data, Variables extends AnyVariables>(
  args: UseQueryArgs<Variables, Data>,
  everyMs: number,
): UseQueryResponse<Data, Variables> {
  const response = useQuery<Data, Variables>({ requestPolicy: 'cache-and-network', ...args });
  const refetch = response[1];
  useEffect(() => {
    const timer = setInterval(() => refetch({ requestPolicy: 'network-only' }), everyMs);
    return () => clearInterval(timer);
  }, [refetch, everyMs]);
  return response;
}
