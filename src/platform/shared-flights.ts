import { settleBy } from "../base/deadline.js";
import { PlatformError } from "./platform-error.js";

/**
 * Work that is under way is shared by all who ask for the same. Whoever gives up leaves the others their answer; when
 * nobody is left, the work is aborted.
 *
 * @returns a function that joins the work of that name, or begins it; it throws PlatformError `aborted` as soon as the
 * caller's signal aborts, else what the work throws
 */
export function createSharedFlights(): <Value>(
  name: string,
  work: (signal: AbortSignal) => Promise<Value>,
  signal?: AbortSignal,
) => Promise<Value> {
  interface Flight {
    readonly outcome: Promise<unknown>;
    readonly controller: AbortController;
    waiting: number;
  }
  const flights = new Map<string, Flight>();

  function begin(name: string, work: (signal: AbortSignal) => Promise<unknown>): Flight {
    const controller = new AbortController();
    const flight = { outcome: work(controller.signal), controller, waiting: 0 };
    const end = (): void => {
      if (flights.get(name) === flight) flights.delete(name);
    };
    flight.outcome.then(end, end);
    flights.set(name, flight);
    return flight;
  }

  return async <Value>(
    name: string,
    work: (signal: AbortSignal) => Promise<Value>,
    signal?: AbortSignal,
  ) => {
    if (signal?.aborted) throw abandoned();
    const flight = flights.get(name) ?? begin(name, work);
    flight.waiting++;
    try {
      return (await settleBy(signal, flight.outcome)) as Value;
    } catch (error) {
      throw signal?.aborted ? abandoned() : error;
    } finally {
      if (--flight.waiting === 0) {
        if (flights.get(name) === flight) flights.delete(name);
        flight.controller.abort();
      }
    }
  };
}

const abandoned = (): PlatformError => new PlatformError("aborted", "The caller aborted it.");
