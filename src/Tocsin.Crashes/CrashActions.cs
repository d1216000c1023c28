using System.Text.Json;
using Tocsin.Alerting;
using Tocsin.Catalog;
using Tocsin.Crashes.Store;
using Tocsin.Model.Crashes;
using Tocsin.Model.Live;

namespace Tocsin.Crashes;

/// <summary>What people do with a group: resolve it, ignore it, open it again. Its alert follows.</summary>
public sealed class CrashActions(CatalogDatabase catalog, AlertInbox alerts, LiveEvents live, TimeProvider clock)
{
    /// <summary>The next crash of the group, in whatever release, is a regression. False when there is no such
    /// group.</summary>
    public Task<bool> Resolve(long groupId, string by, string? notes, CancellationToken cancel) =>
        Change(groupId, GroupState.Resolved, "resolved", by, notes, notes, cancel);

    /// <summary>Its crashes are counted and raise no alert any more.</summary>
    public Task<bool> Ignore(long groupId, string by, string? notes, CancellationToken cancel) =>
        Change(groupId, GroupState.Ignored, "ignored", by, notes, $"Crash group {groupId} is ignored. {notes}".Trim(),
            cancel);

    public Task<bool> Reopen(long groupId, string by, string? notes, CancellationToken cancel) =>
        Change(groupId, GroupState.Ongoing, "reopened", by, notes, null, cancel);

    private Task<bool> Change(long groupId, string state, string kind, string by, string? notes, string? alertNotes,
        CancellationToken cancel) =>
        catalog.Write(tx =>
        {
            if (GroupTable.Find(tx.Connection, groupId) is not { } group)
                return false;
            GroupTable.SetState(tx.Connection, groupId, state, clock.GetUtcNow().ToUnixTimeMilliseconds(), by, notes);
            if (state != GroupState.Ongoing && group.AlertKey is { } key)
                alerts.Resolve(tx, key, by, alertNotes);
            string json = JsonSerializer.Serialize(
                new LiveCrash(kind, groupId, null, group.Title, group.Service, CrashWords.Parse(group.Class)
                    ?? CrashClass.Abnormal, group.Count),
                CrashesJson.Default.LiveCrash);
            tx.AfterCommit(() => live.Publish("crashes", json));
            return true;
        }, cancel);
}
