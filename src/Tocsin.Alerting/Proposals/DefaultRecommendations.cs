using Tocsin.Model.Alerts;

namespace Tocsin.Alerting.Proposals;

/// <summary>What to do first, when neither the finder nor a diagnosis says: by the kind of error, else by category.</summary>
internal static class DefaultRecommendations
{
    private static readonly (string[] Words, string[] Steps)[] s_byKind =
    [
        (["stripe", "payment"],
        [
            "Check the payment provider's status page and the error code in its dashboard.",
            "Tell declined cards (the customer's matter) from API failures (yours): only the latter deserve a retry.",
            "Retry with an idempotency key and a growing pause, so that nobody pays twice.",
        ]),
        (["cpu", "load_average"],
        [
            "Check for runaway processes: top -o %CPU, then the busiest threads of the worst one.",
            "Review what was deployed or scheduled shortly before it began.",
            "If it lasts longer than 30 minutes, restart the busiest service or add capacity.",
        ]),
        (["memory", "out_of_memory", "outofmemory", "oom"],
        [
            "Take a heap dump before restarting: dotnet-gcdump collect -p <pid>; afterwards the evidence is gone.",
            "Compare the largest types of two dumps taken minutes apart to see what leaks.",
            "Check the memory limit of the container against its working set over the last days.",
        ]),
        (["disk", "storage_full"],
        [
            "Find what grows: du -xh --max-depth=2 / | sort -h | tail.",
            "Remove or rotate old logs and temporary files; check that retention runs.",
            "Enlarge the volume before it is full: writes that fail half-way cost more than the disk.",
        ]),
        (["deadlock", "lock"],
        [
            "List who waits for whom (in PostgreSQL: pg_blocking_pids over pg_stat_activity).",
            "End the oldest blocking transaction if it is idle.",
            "Make all code paths take the same locks in the same order, and keep transactions short.",
        ]),
        (["slow_query"],
        [
            "Read the execution plan: EXPLAIN (ANALYZE, BUFFERS) on the query.",
            "Add an index for the filtered columns when the plan shows a sequential scan over many rows.",
            "Check for locks and for statistics that are out of date (ANALYZE).",
        ]),
        (["timeout", "timed_out", "circuit"],
        [
            "Compare the response times of the service that was called with the time-out that was set.",
            "Check whether a circuit breaker is open, and whether retries make the overload worse.",
            "Look at the traces of the slowest calls for the step that waits.",
        ]),
        (["crash", "segfault", "stack_overflow", "abort"],
        [
            "Read the stack trace from the first frame of your own code.",
            "Compare with the last release: did it begin with a deployment? Then roll back first.",
            "Look at the last log records of the process, shortly before it ended.",
        ]),
    ];

    private static readonly Dictionary<AlertCategory, string[]> s_byCategory = new()
    {
        [AlertCategory.System] =
        [
            "Compare with the same hour of earlier days: is it load, or is something broken?",
            "Look for the process that uses the most of it.",
            "Review what was deployed or scheduled shortly before it began.",
        ],
        [AlertCategory.Database] =
        [
            "Check that the database accepts connections and how many are in use.",
            "Check the credentials and the address that the service uses.",
            "Look for long transactions and locks.",
        ],
        [AlertCategory.Application] =
        [
            "Read the stack trace from the first frame of your own code.",
            "Follow the trace of one failed request from its entry to the error.",
            "Check whether it began with a deployment or a change of configuration.",
        ],
        [AlertCategory.Performance] =
        [
            "Find the slowest operations in the traces of the last minutes.",
            "Check whether it began with a deployment.",
            "Profile the service under load before you change anything.",
        ],
        [AlertCategory.Security] =
        [
            "Note the source addresses and accounts involved, and whether any attempt succeeded.",
            "Block or slow down the sources, and lock accounts under attack.",
            "Keep the logs as evidence; rotate credentials that may be known.",
        ],
        [AlertCategory.Business] =
        [
            "Compare with the same weekday of earlier weeks before calling it a drop.",
            "Walk through the affected flow as a customer would.",
            "Check errors and response times of the services behind it, and recent releases.",
        ],
        [AlertCategory.Availability] =
        [
            "Check whether the process runs and listens on its port.",
            "Read its last log records and its last crash.",
            "Check what it depends on: database, network, certificates, disk.",
        ],
    };

    public static IReadOnlyList<string> For(AlertProposal proposal, AlertCategory category)
    {
        if (proposal.Recommendations.Count > 0)
            return proposal.Recommendations;
        if (proposal.Diagnosis?.NextSteps.Count > 0)
            return proposal.Diagnosis.NextSteps;
        string evidence = Evidence.Of(proposal);
        foreach ((string[] words, string[] steps) in s_byKind)
        {
            if (words.Any(word => evidence.Contains(word, StringComparison.OrdinalIgnoreCase)))
                return steps;
        }
        return s_byCategory[category];
    }
}
