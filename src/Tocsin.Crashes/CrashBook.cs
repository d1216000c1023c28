using System.Data;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Tocsin.Alerting;
using Tocsin.Catalog;
using Tocsin.Crashes.Alerts;
using Tocsin.Crashes.Records;
using Tocsin.Crashes.Store;
using Tocsin.Model.Alerts;
using Tocsin.Model.Crashes;
using Tocsin.Model.Live;

namespace Tocsin.Crashes;

/// <summary>Enters crashes into the catalog: one transaction per crash for record, group, counts, alert and news of
/// it.</summary>
internal sealed class CrashBook(AlertInbox alerts, LiveEvents live)
{
    /// <summary>So many deaths of one service on one host within five minutes are a loop.</summary>
    private const int LoopDeaths = 3;
    private const long LoopWindow = 300_000;

    /// <summary>Attribute of a hang that passed: a later death of the same run is another matter.</summary>
    internal const string RecoveredMark = "tocsin.recovered";

    public CrashAccepted Enter(CatalogTransaction tx, PreparedCrash crash, IReadOnlyList<RelatedLog> logs,
        DateTimeOffset now)
    {
        IDbConnection c = tx.Connection;
        long at = now.ToUnixTimeMilliseconds();
        if (RecordTable.Find(c, crash.Record.CrashId) is { } known)
        {
            // Captured first, then nobody else caught it: the same exception ended the process.
            if (crash.Record.Class != CrashClass.Captured
                && RecordTable.Read(c, known.KeptAs) is { Class: CrashClass.Captured } captured)
                return Merge(tx, known.GroupId, captured, crash, logs, at);
            return new CrashAccepted(known.KeptAs, known.GroupId, GroupTable.Find(c, known.GroupId)?.AlertId,
                Duplicate: true);
        }
        foreach ((long group, CrashRecord earlier) in RecordTable.OfProcess(c, crash.Record))
        {
            if (RecordMerge.IsSameDeath(earlier, crash.Record))
                return Merge(tx, group, earlier, crash, logs, at);
        }
        crash = crash with { Record = WithLogs(MarkLoop(c, crash.Record, out long deaths), logs) };
        GroupRow? before = GroupTable.FindByPrint(c, crash.Fingerprint.Key);
        GroupRow row = GroupRow.Of(crash.Fingerprint, crash.Record, crash.Diagnosis, AlertPriority.Medium, at);
        long id = before?.Id ?? GroupTable.Insert(c, row);
        RecordTable.Insert(c, crash.Record, id, at);
        return Join(tx, id, before, crash, logs, deaths, at);
    }

    /// <summary>The hang passed: its alert ends, and a later death of the run will be a crash of its own.</summary>
    public bool Recovered(CatalogTransaction tx, string service, string runId, string? host)
    {
        foreach ((long group, CrashRecord record) in RecordTable.Hangs(tx.Connection, runId))
        {
            var attributes = new Dictionary<string, string>(record.Attributes) { [RecoveredMark] = "true" };
            RecordTable.Update(tx.Connection, record with { Attributes = attributes }, group, 0);
        }
        return alerts.Resolve(tx, CrashAlert.HangKey(service, runId, host), "tocsin",
            "Heartbeats arrive again.") is not null;
    }

    /// <summary>Logs that were found after the crash had been entered.</summary>
    public bool Attach(CatalogTransaction tx, CrashAccepted accepted, IReadOnlyList<RelatedLog> logs)
    {
        if (RecordTable.Find(tx.Connection, accepted.CrashId) is { } known
            && RecordTable.Read(tx.Connection, known.KeptAs) is { Logs.Count: 0 } record)
        {
            RecordTable.Update(tx.Connection, WithLogs(record, logs), known.GroupId, 0);
        }
        if (accepted.AlertId is { } alert)
            alerts.AttachLogs(tx, alert, logs);
        return true;
    }

    /// <summary>The second report of a death: one record remains, in the group that its evidence now points
    /// to.</summary>
    private CrashAccepted Merge(
        CatalogTransaction tx, long oldGroup, CrashRecord earlier, PreparedCrash later, IReadOnlyList<RelatedLog> logs,
            long at)
    {
        IDbConnection c = tx.Connection;
        PreparedCrash merged = PreparedCrash.Named(WithLogs(RecordMerge.Merge(earlier, later.Record), logs));
        CrashRecord record = MarkLoop(c, merged.Record, out long deaths);
        merged = merged with { Record = record };
        GroupRow before = GroupTable.Find(c, oldGroup)!;
        if (CrashAlert.IsHang(earlier) && !CrashAlert.IsHang(record))
            alerts.Resolve(tx, CrashAlert.HangKey(earlier.Service, earlier.Process.RunId, earlier.Host), "tocsin",
                $"The process has ended: {CrashWords.Ending(record)}.");
        GroupRow? target = GroupTable.FindByPrint(c, merged.Fingerprint.Key);
        if (target?.Id == oldGroup)
        {
            RecordTable.Name(c, later.Record.CrashId, record.CrashId, oldGroup, at);
            RecordTable.Update(c, record, oldGroup, at);
            return Improve(tx, before, merged, logs, at);
        }
        long id = target?.Id
            ?? GroupTable.Insert(c,
            GroupRow.Of(merged.Fingerprint, record, merged.Diagnosis, AlertPriority.Medium, at));
        RecordTable.Update(c, record, id, at);
        RecordTable.Move(c, record.CrashId, id);
        RecordTable.Name(c, later.Record.CrashId, record.CrashId, id, at);
        Leave(tx, before, earlier, id, record);
        return Join(tx, id, target, merged, logs, deaths, at);
    }

    /// <summary>The group stays; only a higher priority is news.</summary>
    private CrashAccepted Improve(CatalogTransaction tx, GroupRow before, PreparedCrash merged,
        IReadOnlyList<RelatedLog> logs, long at)
    {
        IDbConnection c = tx.Connection;
        long lastHour = GroupTable.Recent(c, before.Id, at).Hour;
        AlertPriority priority = CrashPriority.Of(merged.Record, merged.Diagnosis, before.Users, lastHour,
            worsening: false);
        GroupRow after = GroupTable.Spread(
            c, before, UserHash(merged.Record.UserId), merged.Record.Host, merged.Record.Release,
                RecordTable.Milliseconds(merged.Record.Time));
        after = after.DescribedBy(GroupRow.Of(merged.Fingerprint, merged.Record, merged.Diagnosis, priority, at));
        GroupTable.Save(c, after);
        long? alertId = before.AlertId;
        if (after.State != GroupState.Ignored && (long)priority > before.Severity)
            alertId = Raise(tx,
                new CrashCase(merged.Record, merged.Diagnosis, after, TurningPoint.None, priority,
                lastHour) { Logs = logs });
        Tell(tx, "merged", after, merged.Record);
        return new CrashAccepted(merged.Record.CrashId, before.Id, alertId, Duplicate: false);
    }

    /// <summary>The crash turned out to belong elsewhere; a group that is empty now leads there.</summary>
    private void Leave(CatalogTransaction tx, GroupRow old, CrashRecord earlier, long to, CrashRecord merged)
    {
        IDbConnection c = tx.Connection;
        GroupTable.Count(c, old.Id, RecordTable.Milliseconds(earlier.Time), -1);
        if (old.Count > 1)
        {
            GroupTable.Recount(c, old.Id,
                RecordTable.OfGroup(c, old.Id, CrashLimits.RecordsAtStart + CrashLimits.RecordsAtEnd)
                .Select(r => (UserHash(r.UserId), r.Host, r.Release, RecordTable.Milliseconds(r.Time))));
            return;
        }
        GroupTable.SetMerged(c, old.Id, to);
        if (old.AlertKey is { } key)
            alerts.Resolve(tx, key, "tocsin",
                $"More evidence came: {CrashWords.Ending(merged)}. It goes on in another alert.");
    }

    /// <summary>One more crash of the group: counts, state, turning points, alert, news.</summary>
    private CrashAccepted Join(
        CatalogTransaction tx, long id, GroupRow? before, PreparedCrash crash, IReadOnlyList<RelatedLog> logs,
            long deaths, long at)
    {
        IDbConnection c = tx.Connection;
        CrashRecord r = crash.Record;
        long time = RecordTable.Milliseconds(r.Time);
        GroupRow counted = GroupTable.Count(c, id, time, +1);
        counted = GroupTable.Spread(c, counted, UserHash(r.UserId), r.Host, r.Release, time);
        if (counted.Kept > CrashLimits.RecordsAtStart + CrashLimits.RecordsAtEnd)
            RecordTable.Thin(c, id);
        (long minutes, long lastHour, long day) = GroupTable.Recent(c, id, at);
        TurningPoint points = TurningPoints.Of(OfNow(before, time), counted, minutes, day, r.CrashLoop, at);
        bool worsening = (points & (TurningPoint.Spreading | TurningPoint.Spiking)) != 0;
        AlertPriority priority = CrashPriority.Of(r, crash.Diagnosis, counted.Users, lastHour, worsening);
        GroupRow after = counted.DescribedBy(GroupRow.Of(crash.Fingerprint, r, crash.Diagnosis, priority, at));
        // Who resolved it and how stays: it may help again.
        if (points.HasFlag(TurningPoint.Regressed))
            after = after with { State = GroupState.Regressed, StateAt = at };
        if (points != TurningPoint.None)
            after = TurningPoints.Told(after, points, at);
        GroupTable.Save(c, after);
        var found = new CrashCase(r, crash.Diagnosis, after, points, priority, lastHour) { Logs = logs };
        long? alertId = after.State == GroupState.Ignored ? null : Raise(tx, found);
        if (r.CrashLoop && after.State != GroupState.Ignored)
            alerts.Raise(tx, CrashAlert.Loop(found, deaths));
        Tell(tx, points.HasFlag(TurningPoint.New) ? "new" : points.HasFlag(TurningPoint.Regressed) ? "regressed"
            : "occurred", after, r);
        return new CrashAccepted(r.CrashId, id, alertId, Duplicate: false);
    }

    /// <summary>A crash from before the group was resolved, delivered late, is no regression.</summary>
    private static GroupRow? OfNow(GroupRow? before, long time) =>
        before?.State == GroupState.Resolved && time < before.StateAt ? before with { State = GroupState.Ongoing }
            : before;

    private long Raise(CatalogTransaction tx, CrashCase found)
    {
        Raised raised = alerts.Raise(tx, CrashAlert.Of(found));
        if (raised.Alert.Id != found.Group.AlertId)
            GroupTable.SetAlert(tx.Connection, found.Group.Id, raised.Alert.Key, raised.Alert.Id);
        return raised.Alert.Id;
    }

    private static CrashRecord MarkLoop(IDbConnection c, CrashRecord r, out long deaths)
    {
        deaths = 0;
        bool died = r.Source != "otlp"
            && r.Class is not (CrashClass.Unobserved or CrashClass.Captured or CrashClass.Hung
                or CrashClass.Terminated);
        if (!died)
            return r;
        long time = RecordTable.Milliseconds(r.Time);
        deaths = 1 + RecordTable.Deaths(c, r, time - LoopWindow, time, LoopDeaths);
        return deaths >= LoopDeaths ? r with { CrashLoop = true } : r;
    }

    private static CrashRecord WithLogs(CrashRecord r, IReadOnlyList<RelatedLog> logs) =>
        r.Logs.Count > 0 || logs.Count == 0 ? r : r with
    {
        Logs = [.. logs.TakeLast(CrashLimits.Logs).Select(l =>
            new CrashLog(l.Time, l.Level, l.Service, l.Message) { TraceId = l.TraceId })],
    };

    private void Tell(CatalogTransaction tx, string kind, GroupRow group, CrashRecord r)
    {
        string json = JsonSerializer.Serialize(
            new LiveCrash(kind, group.Id, r.CrashId, group.Title, group.Service, r.Class, group.Count),
                CrashesJson.Default.LiveCrash);
        tx.AfterCommit(() => live.Publish("crashes", json));
    }

    /// <summary>Users are counted, never listed.</summary>
    private static string? UserHash(string? user) => string.IsNullOrEmpty(user)
        ? null : Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes("tocsin user " + user)).AsSpan(0, 16));
}
