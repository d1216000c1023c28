using System.Globalization;
using System.Text;
using System.Text.Json;
using Tocsin.Alerting;
using Tocsin.Crashes.Store;
using Tocsin.Model.Alerts;
using Tocsin.Model.Crashes;

namespace Tocsin.Crashes.Alerts;

/// <summary>A crash as the alert sees it: the record, what the rules found, and the group it belongs to now.</summary>
internal sealed record CrashCase(
    CrashRecord Record, Model.Alerts.Diagnosis? Diagnosis, GroupRow Group, TurningPoint Points, AlertPriority Priority,
        long LastHour)
{
    public IReadOnlyList<RelatedLog> Logs { get; init; } = [];
}

/// <summary>Words an alert: what, where, when, why, who, how often, and what to do now.</summary>
internal static class CrashAlert
{
    private const int TopFrames = 8;

    public static string KeyOf(CrashRecord record, GroupRow group) =>
        IsHang(record) ? HangKey(record.Service, record.Process.RunId, record.Host) : $"crash:{group.Fingerprint}";

    public static string HangKey(string service, string? runId, string? host) => $"hang:{service}:{runId ?? host}";

    public static bool IsHang(CrashRecord record) => record.Class == CrashClass.Hung;

    public static AlertProposal Of(CrashCase c) => new()
    {
        Type = IsHang(c.Record) ? "hang" : "crash",
        Key = KeyOf(c.Record, c.Group),
        Title = c.Group.Title,
        Message = Message(c),
        Resource = c.Record.Service,
        Priority = c.Priority,
        Category = c.Diagnosis?.Category ?? AlertCategory.Application,
        At = c.Record.Time,
        AffectedUsers = c.Group.Users > 0 ? (int)c.Group.Users : null,
        ErrorType = c.Group.Type,
        Diagnosis = c.Diagnosis,
        Recommendations = c.Diagnosis?.NextSteps ?? [],
        Metadata = Metadata(c),
        Labels = Labels(c.Record),
        RelatedLogs = c.Logs,
        CrashGroupId = c.Group.Id,
        CrashId = c.Record.CrashId,
    };

    /// <summary>The service comes up and dies again and again; it ends by itself when the deaths do.</summary>
    public static AlertProposal Loop(CrashCase c, long deaths)
    {
        string times = c.Record.Process.RestartCount > 0 ? $"after {c.Record.Process.RestartCount} restarts"
            : $"{deaths} times within five minutes";
        return Of(c) with
        {
            Type = "crash_loop",
            Key = $"crash_loop:{c.Record.Service}:{c.Record.Host}",
            Title = $"{c.Record.Service} keeps crashing{On(c.Record)}",
            Message = $"{c.Record.Service} crashed again{On(c.Record)}, {times}. "
                + $"Last cause: {c.Group.Title}\n{Message(c)}",
            Priority = AlertPriority.Critical,
            Category = AlertCategory.Availability,
            ExpiresIn = TimeSpan.FromMinutes(30),
        };
    }

    private static string Message(CrashCase c)
    {
        CrashRecord r = c.Record;
        var text = new StringBuilder();
        text.Append($"What: {Line(CrashWords.Ending(r))}. {Line($"{c.Group.Type}: {c.Group.Message}")}\n");
        string release = r.Release is null ? "" : $", release {r.Release}";
        text.Append($"Where: {c.Group.Culprit ?? r.Service}{On(r)}{Pid(r)}{release}\n");
        text.Append(CultureInfo.InvariantCulture, $"When: {r.Time.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC\n");
        if (c.Diagnosis is { } d)
            text.Append($"Why (rule {d.Rule}): {d.LikelyCause}\n");
        text.Append($"Who: {Who(c.Group)}\n");
        text.Append($"Recurrence: {Recurrence(c)}");
        return text.ToString();
    }

    private static string Who(GroupRow g)
    {
        string users = g.Users switch { 0 => "no user is known", 1 => "1 user", _ => $"{g.Users} users" };
        string hosts = g.Hosts switch { 0 or 1 => "", _ => $", {g.Hosts} hosts" };
        return users + hosts + (g.Releases > 1 ? $", {g.Releases} releases" : "");
    }

    private static string Recurrence(CrashCase c)
    {
        string since = DateTimeOffset.FromUnixTimeMilliseconds(c.Group.FirstSeen).UtcDateTime
            .ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);
        if (c.Points.HasFlag(TurningPoint.Regressed))
            return $"came back after it was resolved; {c.Group.Count} times since {since} UTC{LastTime(c.Group)}";
        if (c.Group.Count <= 1)
            return "seen for the first time";
        string how = c.Points.HasFlag(TurningPoint.Spiking) ? "; far more often than usual"
            : c.Points.HasFlag(TurningPoint.Spreading) ? "; spreading" : "";
        return $"{c.Group.Count} times since {since} UTC, {c.LastHour} in the last hour{how}";
    }

    private static string LastTime(GroupRow g) => string.IsNullOrWhiteSpace(g.StateNotes)
        ? "" : $". Last time {g.StateBy ?? "somebody"} resolved it with: {Line(g.StateNotes)}";

    private static Dictionary<string, JsonElement> Metadata(CrashCase c)
    {
        CrashRecord r = c.Record;
        var data = new Dictionary<string, JsonElement>();
        void Add(string name, string? value)
        {
            if (!string.IsNullOrEmpty(value))
                data[name] = JsonSerializer.SerializeToElement(value, CrashesJson.Default.String);
        }
        void Number(string name, int? value)
        {
            if (value is { } n)
                data[name] = JsonSerializer.SerializeToElement(n, CrashesJson.Default.Int32);
        }
        Add("crash_id", r.CrashId);
        Add("class", CrashWords.Name(r.Class));
        Add("error_type", c.Group.Type);
        Add("error_message", c.Group.Message);
        Add("host", r.Host);
        Number("pid", r.Process.Pid);
        Number("exit_code", r.Process.ExitCode);
        Add("signal", r.Process.Signal);
        Add("release", r.Release);
        Add("environment", r.Environment);
        Add("run_id", r.Process.RunId);
        Add("trace_id", r.TraceId);
        Add("request_id", r.RequestId);
        Add("source", r.Source);
        Add("turning_point", c.Points == TurningPoint.None ? null : c.Points.ToString().ToLowerInvariant());
        Add("stderr", r.StderrTail is { Length: > 2000 } tail ? tail[^2000..] : r.StderrTail);
        if (Frames(r) is { Length: > 0 } frames)
            data["top_frames"] = JsonSerializer.SerializeToElement(frames, CrashesJson.Default.StringArray);
        return data;
    }

    private static string[] Frames(CrashRecord r)
    {
        CrashException? root = r.Exception;
        while (root is { Inner.Count: > 0 } && root.Inner[0].Frames.Count > 0)
            root = root.Inner[0];
        IReadOnlyList<CrashFrame> frames = root?.Frames.Count > 0 ? root.Frames
            : r.Threads.FirstOrDefault(t => t.Crashed)?.Frames ?? [];
        return [.. frames.Take(TopFrames).Select(f => f.Line is { } line && f.File is { } file
            ? $"{f.Method} ({Path.GetFileName(file)}:{line})" : f.Method)];
    }

    private static Dictionary<string, string> Labels(CrashRecord r)
    {
        var labels = new Dictionary<string, string> { ["service"] = r.Service, ["class"] = CrashWords.Name(r.Class) };
        if (r.Host is { } host)
            labels["host"] = host;
        if (r.Environment is { } environment)
            labels["environment"] = environment;
        if (r.Release is { } release)
            labels["release"] = release;
        return labels;
    }

    private static string On(CrashRecord r) => r.Host is { } host ? $" on {host}" : "";

    private static string Pid(CrashRecord r) => r.Process.Pid is { } pid ? $", pid {pid}" : "";

    private static string Line(string text)
    {
        string line = text.Split('\n', 2)[0].Trim();
        return line.Length > 500 ? string.Concat(line.AsSpan(0, 500), "…") : line;
    }
}
