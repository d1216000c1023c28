using Tocsin.Channels;

namespace Tocsin.Alerting.Delivery;

/// <summary>One waiting message of one channel, as the plan sees it. Times are milliseconds since 1970.</summary>
internal sealed record WaitingRow
{
    public required long Id { get; init; }

    /// <summary>Null for a digest.</summary>
    public long? AlertId { get; init; }
    public required string Reason { get; init; }
    public bool Critical { get; init; }
    public int Attempts { get; init; }

    /// <summary>An attempt may have arrived although nobody confirmed it.</summary>
    public bool Uncertain { get; init; }
    public bool Held { get; init; }
    public long EnqueuedAt { get; init; }
    public long DueAt { get; init; }

    public bool IsResolved => Reason == Outbox.NameOf(NotificationReason.Resolved);
}

/// <summary>What a channel knows when it decides what to do next.</summary>
/// <param name="Rows">Waiting rows, oldest first.</param>
/// <param name="ToldFiring">Alerts whose last delivered news was that they fire.</param>
/// <param name="InWaitingDigest">Alerts inside a digest that has not gone out yet.</param>
/// <param name="Slots">When each message of the running rate window was sent, oldest first.</param>
internal sealed record ChannelState(
    IReadOnlyList<WaitingRow> Rows, IReadOnlySet<long> ToldFiring, IReadOnlySet<long> InWaitingDigest, IReadOnlyList<long> Slots);

/// <summary>What to write down, and then what to send.</summary>
/// <param name="Supersede">Rows that a later one has overtaken.</param>
/// <param name="Hold">Rows that the rate limit holds back from now on.</param>
/// <param name="Bundle">Held rows that become one digest; empty or at least two.</param>
/// <param name="Send">The row to send now, null for none.</param>
/// <param name="WakeAt">When to look again although nothing happens; null for never.</param>
internal sealed record DeliveryPlan(
    IReadOnlyList<long> Supersede, IReadOnlyList<long> Hold, IReadOnlyList<long> Bundle, long? Send, long? WakeAt)
{
    public bool ChangesRows => Supersede.Count + Hold.Count + Bundle.Count > 0;

    /// <summary>
    /// Pure. 1 per alert only the latest news counts; "resolved" only for those who were told it fires. 2 nobody hears the
    /// end of what a digest is still to tell. 3 beyond the rate limit, rows are held and leave as one digest when the window
    /// opens; resolved, critical alerts, digests and repeated attempts pass.
    /// </summary>
    public static DeliveryPlan Decide(ChannelState view, ChannelRules rules, long now)
    {
        var supersede = new List<long>();
        var candidates = new List<WaitingRow>();
        foreach (IGrouping<long, WaitingRow> alert in view.Rows.Where(r => r.AlertId is not null).GroupBy(r => r.AlertId!.Value))
        {
            WaitingRow latest = alert.Last();
            supersede.AddRange(alert.SkipLast(1).Select(r => r.Id));
            bool mayKnow = view.ToldFiring.Contains(alert.Key) || alert.Any(r => r.Uncertain);
            if (view.InWaitingDigest.Contains(alert.Key))
                continue;
            if (latest.IsResolved && !mayKnow)
                supersede.Add(latest.Id);
            else
                candidates.Add(latest);
        }
        candidates.AddRange(view.Rows.Where(r => r.AlertId is null));
        candidates.Sort((a, b) => a.Id.CompareTo(b.Id));

        long window = (long)rules.RateWindow.TotalMilliseconds;
        List<long> slots = [.. view.Slots.Where(s => s > now - window)];
        bool open = slots.Count < rules.RateLimit;
        List<WaitingRow> limited = [.. candidates.Where(r => !Passes(r))];
        List<WaitingRow> held = [.. limited.Where(r => r.Held)];
        if (open && held.Count >= 2)
            return new(supersede, [], [.. held.Select(r => r.Id)], null, now);

        List<WaitingRow> due = [.. candidates.Where(r => r.DueAt <= now && (open || Passes(r)))];
        WaitingRow? send = due.FirstOrDefault(r => Passes(r)) ?? due.FirstOrDefault();
        long[] hold = open ? [] : [.. limited.Where(r => !r.Held).Select(r => r.Id)];
        long? wake = candidates.Where(r => r.DueAt > now).Select(r => (long?)r.DueAt).Min();
        if (!open && limited.Count > 0)
            wake = Math.Min(wake ?? long.MaxValue, slots[slots.Count - rules.RateLimit] + window);
        return new(supersede, hold, [], send?.Id, wake);
    }

    /// <summary>Critical news passes even when the alert is known: it escalated, or it is back.</summary>
    private static bool Passes(WaitingRow row) => row.AlertId is null || row.IsResolved || row.Attempts > 0 || row.Critical;
}
