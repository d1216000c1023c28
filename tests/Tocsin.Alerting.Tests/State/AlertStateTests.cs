using Tocsin.Alerting.State;
using Tocsin.Channels;
using Tocsin.Model.Alerts;

namespace Tocsin.Alerting.Tests.State;

public sealed class AlertStateTests
{
    private static readonly DateTimeOffset s_now = Some.Time;

    /// <summary>Every state × every input: what it is called, where it leads, whom it tells. A dash is a refusal.</summary>
    private const string Expected =
        """
        ACTIVE        Occur          occurred        ACTIVE        -
        ACTIVE        Escalate       escalated       ACTIVE        Escalated
        ACTIVE        Resolve        resolved        RESOLVED      Resolved
        ACTIVE        Expire         expired         EXPIRED       Resolved
        ACTIVE        Acknowledge    acknowledged    ACKNOWLEDGED  -
        ACTIVE        Unacknowledge  -
        ACTIVE        Suppress       suppressed      SUPPRESSED    -
        ACTIVE        Unsuppress     -
        ACKNOWLEDGED  Occur          occurred        ACKNOWLEDGED  -
        ACKNOWLEDGED  Escalate       escalated       ACTIVE        Escalated
        ACKNOWLEDGED  Resolve        resolved        RESOLVED      Resolved
        ACKNOWLEDGED  Expire         expired         EXPIRED       Resolved
        ACKNOWLEDGED  Acknowledge    -
        ACKNOWLEDGED  Unacknowledge  unacknowledged  ACTIVE        -
        ACKNOWLEDGED  Suppress       suppressed      SUPPRESSED    -
        ACKNOWLEDGED  Unsuppress     -
        SUPPRESSED    Occur          occurred        SUPPRESSED    -
        SUPPRESSED    Escalate       escalated       SUPPRESSED    -
        SUPPRESSED    Resolve        resolved        RESOLVED      Resolved
        SUPPRESSED    Expire         expired         EXPIRED       Resolved
        SUPPRESSED    Acknowledge    -
        SUPPRESSED    Unacknowledge  -
        SUPPRESSED    Suppress       suppressed      SUPPRESSED    -
        SUPPRESSED    Unsuppress     unsuppressed    ACTIVE        Firing
        RESOLVED      Occur          reopened        ACTIVE        Reopened
        RESOLVED      Escalate       -
        RESOLVED      Resolve        -
        RESOLVED      Expire         -
        RESOLVED      Acknowledge    -
        RESOLVED      Unacknowledge  -
        RESOLVED      Suppress       -
        RESOLVED      Unsuppress     -
        EXPIRED       Occur          reopened        ACTIVE        Reopened
        EXPIRED       Escalate       -
        EXPIRED       Resolve        -
        EXPIRED       Expire         -
        EXPIRED       Acknowledge    -
        EXPIRED       Unacknowledge  -
        EXPIRED       Suppress       -
        EXPIRED       Unsuppress     -
        """;

    [Fact]
    public void Every_state_answers_every_input_as_the_table_says()
    {
        var actual =
            from status in Enum.GetValues<AlertStatus>()
            from input in Enum.GetValues<AlertEvent>()
            select Describe(status, input, AlertState.Apply(In(status), Input(input), s_now));
        string.Join('\n', actual).ShouldBe(string.Join('\n', Expected.Split('\n').Select(Squeeze)));
    }

    [Fact]
    public void Pending_and_unknown_trouble_is_open_and_fires_when_it_occurs()
    {
        foreach (AlertCondition condition in new[] { AlertCondition.Pending, AlertCondition.Unknown })
        {
            AlertChange? change = AlertState.Apply(Some.Alert() with { Condition = condition }, Input(AlertEvent.Occur), s_now);
            change.ShouldNotBeNull().After.Condition.ShouldBe(AlertCondition.Firing);
        }
    }

    [Fact]
    public void Lifting_a_suppression_gives_back_the_acknowledgement_below_it_and_tells_nobody()
    {
        Alert alert = In(AlertStatus.Acknowledged) with { SuppressedUntil = s_now.AddHours(1) };
        AlertChange change = AlertState.Apply(alert, Input(AlertEvent.Unsuppress), s_now)!;
        change.After.StatusAt(s_now).ShouldBe(AlertStatus.Acknowledged);
        change.Notify.ShouldBeNull();
    }

    [Fact]
    public void More_severe_trouble_voids_the_acknowledgement_even_below_a_suppression()
    {
        Alert alert = In(AlertStatus.Acknowledged) with { SuppressedUntil = s_now.AddHours(1) };
        AlertChange change = AlertState.Apply(alert, Input(AlertEvent.Escalate), s_now)!;
        change.After.AcknowledgedBy.ShouldBeNull();
        change.After.StatusAt(s_now.AddHours(2)).ShouldBe(AlertStatus.Active);
    }

    [Fact]
    public void Reopening_keeps_a_running_suppression_quiet_and_drops_one_that_ran_out()
    {
        Alert resolved = In(AlertStatus.Resolved);
        AlertChange quiet = AlertState.Apply(resolved with { SuppressedUntil = s_now.AddMinutes(1) }, Input(AlertEvent.Occur), s_now)!;
        quiet.After.StatusAt(s_now).ShouldBe(AlertStatus.Suppressed);
        quiet.Notify.ShouldBeNull();
        AlertChange loud = AlertState.Apply(resolved with { SuppressedUntil = s_now.AddMinutes(-1) }, Input(AlertEvent.Occur), s_now)!;
        loud.After.SuppressedUntil.ShouldBeNull();
        loud.Notify.ShouldBe(NotificationReason.Reopened);
    }

    [Fact]
    public void The_clock_ends_a_suppression_at_its_very_moment_and_tells_that_it_still_fires()
    {
        Alert alert = In(AlertStatus.Suppressed) with { SuppressedUntil = s_now };
        AlertState.Elapse(alert, s_now.AddMilliseconds(-1)).ShouldBeNull();
        AlertChange change = AlertState.Elapse(alert, s_now)!;
        (change.Action, change.Input.By, change.Notify).ShouldBe(("unsuppressed", "tocsin", NotificationReason.Firing));
    }

    [Fact]
    public void The_clock_expires_an_alert_at_its_very_moment_and_expiry_wins_over_the_end_of_a_suppression()
    {
        Alert alert = In(AlertStatus.Suppressed) with { SuppressedUntil = s_now, ExpiresAt = s_now };
        AlertState.Elapse(alert, s_now.AddMilliseconds(-1)).ShouldBeNull();
        AlertChange change = AlertState.Elapse(alert, s_now.AddMinutes(5))!;
        (change.Action, change.Notify, change.After.EndsAt).ShouldBe(("expired", NotificationReason.Resolved, s_now));
    }

    [Theory]
    [InlineData(AlertStatus.Resolved)]
    [InlineData(AlertStatus.Expired)]
    public void The_clock_does_nothing_to_what_is_over(AlertStatus status) =>
        AlertState.Elapse(In(status) with { SuppressedUntil = s_now, ExpiresAt = s_now }, s_now.AddDays(1)).ShouldBeNull();

    [Fact]
    public void A_transition_touches_nothing_but_the_state()
    {
        foreach (AlertStatus status in Enum.GetValues<AlertStatus>())
        {
            foreach (AlertEvent input in Enum.GetValues<AlertEvent>())
            {
                Alert before = In(status);
                if (AlertState.Apply(before, Input(input), s_now) is not { } change)
                    continue;
                WithoutState(change.After).ShouldBe(WithoutState(before));
            }
        }
    }

    private static Alert WithoutState(Alert alert) => alert with
    {
        Condition = default, AcknowledgedAt = null, AcknowledgedBy = null, SuppressedUntil = null, EndsAt = null,
        Priority = default, Reopened = 0,
    };

    private static Alert In(AlertStatus status)
    {
        Alert alert = Some.Alert();
        return status switch
        {
            AlertStatus.Acknowledged => alert with { AcknowledgedAt = s_now, AcknowledgedBy = "ada" },
            AlertStatus.Suppressed => alert with { SuppressedUntil = s_now.AddHours(1) },
            AlertStatus.Resolved => alert with { Condition = AlertCondition.Resolved, EndsAt = s_now },
            AlertStatus.Expired => alert with { Condition = AlertCondition.Expired, EndsAt = s_now },
            _ => alert,
        };
    }

    private static AlertInput Input(AlertEvent happened) =>
        new(happened, "ada") { Until = s_now.AddHours(2), Priority = AlertPriority.Critical };

    private static string Describe(AlertStatus from, AlertEvent input, AlertChange? change) => Squeeze(change is null
        ? $"{from.ToString().ToUpperInvariant()} {input} -"
        : $"{from.ToString().ToUpperInvariant()} {input} {change.Action} " +
          $"{change.After.StatusAt(s_now).ToString().ToUpperInvariant()} {change.Notify?.ToString() ?? "-"}");

    private static string Squeeze(string line) => string.Join(' ', line.Split(' ', StringSplitOptions.RemoveEmptyEntries));
}
