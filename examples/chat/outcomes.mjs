/** Reports how turns went, a batch a second: the rollout of a processing mode decides by it. Losing some is no harm. */

const INTERVAL_MS = 1_000;
const MOST_WAITING = 1_000;

export function createReporter({ registry }) {
  let waiting = [];
  let timer;

  const flush = async () => {
    clearTimeout(timer);
    timer = undefined;
    const outcomes = waiting;
    waiting = [];
    if (outcomes.length === 0) return;
    await fetch(`${registry}/api/chat/rollouts/outcomes`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ outcomes }),
    }).catch(() => {});
  };

  return {
    flush,
    /** `resolution` is the registry's answer for the turn; `how` it went. */
    add({ conv_id, registry: inRegistry, processing, fingerprint, step_settings }, how) {
      const model = step_settings["ai-chat"]?.["ai-engine"];
      if (waiting.length < MOST_WAITING) {
        waiting.push({
          registry: inRegistry,
          mode: processing.requested_mode,
          resolved_mode: processing.applied_mode,
          // What ran: here always what was resolved, and the echo is of no model of its own.
          applied_mode: processing.applied_mode,
          ...(model === undefined ? {} : { resolved_model: model, observed_model: model }),
          conv_id,
          observed_conv_id: conv_id,
          fingerprint,
          ...how,
        });
      }
      timer ??= setTimeout(flush, INTERVAL_MS);
      timer.unref();
    },
  };
}
