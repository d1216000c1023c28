using System.Globalization;
using System.Text;
using Tocsin.Model.Alerts;

namespace Tocsin.Channels;

/// <summary>An alert in Prometheus's terms: labels that identify it, annotations that explain it.</summary>
internal static class WebhookLabels
{
    /// <summary>The alert's own labels win; the rest is filled in so that routes and silences have something to match.</summary>
    public static SortedDictionary<string, string> Of(Alert alert)
    {
        var labels = new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            ["alertname"] = alert.Type,
            ["category"] = alert.Category.ToString().ToLowerInvariant(),
            ["resource"] = alert.Resource,
            ["severity"] = alert.Priority.ToString().ToLowerInvariant(),
        };
        foreach ((string name, string value) in alert.Labels)
            labels[name] = value;
        // Prometheus knows no empty label: it equals a missing one.
        foreach (string name in labels.Where(l => l.Value.Length == 0).Select(l => l.Key).ToList())
            labels.Remove(name);
        return labels;
    }

    public static SortedDictionary<string, string> Annotations(Alert alert)
    {
        var notes = new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            ["summary"] = alert.Title,
            ["description"] = alert.Message,
            ["alert_id"] = alert.Id.ToString(CultureInfo.InvariantCulture),
            ["count"] = alert.Count.ToString(CultureInfo.InvariantCulture),
        };
        if (alert.CrashId is { } crash)
            notes["crash_id"] = crash;
        if (AlertText.ErrorType(alert) is { } type)
            notes["error_type"] = type;
        if (AlertText.IsCrash(alert))
            notes["error_message"] = AlertText.ErrorMessage(alert);
        if (alert.AffectedUsers is { } users)
            notes["affected_users"] = users.ToString(CultureInfo.InvariantCulture);
        if (Text.WebAddress(alert.RunbookUrl) is { } runbook)
            notes["runbook_url"] = runbook;
        if (alert.Diagnosis is { } diagnosis)
        {
            notes["diagnosis"] = diagnosis.Family;
            notes["likely_cause"] = diagnosis.LikelyCause;
            notes["because"] = diagnosis.Because;
        }
        if (AlertText.NextSteps(alert) is { Count: > 0 } steps)
            notes["recommendations"] = string.Join('\n', steps);
        foreach ((string name, string value) in alert.Annotations)
            notes[name] = value;
        return notes;
    }

    /// <summary>The pairs all have in common.</summary>
    public static SortedDictionary<string, string> Common(IReadOnlyList<SortedDictionary<string, string>> all)
    {
        var common = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach ((string name, string value) in all[0])
        {
            if (all.All(other => other.TryGetValue(name, out string? same) && same == value))
                common[name] = value;
        }
        return common;
    }

    /// <summary>FNV-1a, 64 bits, over name 0xFF value 0xFF of the sorted labels: clients compare it with Prometheus's own.</summary>
    public static string Fingerprint(SortedDictionary<string, string> labels)
    {
        ulong hash = 14695981039346656037;
        foreach ((string name, string value) in labels.OrderBy(l => l.Key, StringComparer.Ordinal))
        {
            hash = Add(Add(hash, name), value);
        }
        return hash.ToString("x16", CultureInfo.InvariantCulture);
    }

    private static ulong Add(ulong hash, string text)
    {
        foreach (byte b in Encoding.UTF8.GetBytes(text))
            hash = (hash ^ b) * 1099511628211;
        return (hash ^ 0xFF) * 1099511628211;
    }
}
