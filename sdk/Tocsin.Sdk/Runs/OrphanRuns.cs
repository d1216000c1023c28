using System.Globalization;
using TocsinSdk.BlackBox;
using TocsinSdk.Crashes;
using TocsinSdk.Delivery;
using TocsinSdk.Health;

namespace TocsinSdk.Runs;

/// <summary>
/// Reports what earlier runs of this service could not report themselves, oldest first, one at a time. A run is dead
/// when its lock can be taken; the lock is held while its records are sent. Used by the courier's thread alone.
/// </summary>
internal sealed class OrphanRuns(RunFolder own, string? dumpName, TimeSpan hangTimeout, TimeProvider clock)
{
    /// <summary>Beyond these the runs in the middle go: the first and the last of a crash loop say most.</summary>
    public const int MaxRuns = 20;
    public const long MaxBytes = 64 << 20;

    private static readonly TimeSpan s_retryAfter = TimeSpan.FromSeconds(30), s_unfinished = TimeSpan.FromMinutes(1);

    private List<string>? _waiting = own.Siblings is null ? [] : null;
    private DateTimeOffset _notBefore;

    public bool HasMore => (_waiting is null || _waiting.Count > 0) && clock.GetUtcNow() >= _notBefore;

    /// <summary>Takes note of every record found; null for nobody.</summary>
    public CrashHistory? History { get; init; }

    /// <summary>True when this run's own folder holds records the server has not taken yet.</summary>
    public bool HasOwn { get; set; }

    public void AdoptOne(TocsinServer server, TimeSpan timeout)
    {
        _waiting ??= Bounded(DeadRuns());
        if (_waiting.Count == 0)
            return;
        if (Adopt(_waiting[0], server, timeout))
            _waiting.RemoveAt(0);
        else
            _notBefore = clock.GetUtcNow() + s_retryAfter;
    }

    public void RetryOwn(TocsinServer server, TimeSpan timeout)
    {
        if (HasOwn)
            HasOwn = !SendAll(own.Path!, RunFolder.RecordPattern, server, timeout);
    }

    /// <summary>Writes a file whole or not at all, synced.</summary>
    public static bool TryWrite(string path, ReadOnlySpan<byte> content)
    {
        try
        {
            var draft = path + ".draft";
            using (var file = new FileStream(draft, RunFolder.PrivateFile(FileMode.Create, FileAccess.Write)))
            {
                file.Write(content);
                file.Flush(flushToDisk: true);
            }
            File.Move(draft, path, overwrite: true);
            return true;
        }
        catch (Exception e) when (DiskRefusal.Is(e))
        {
            return false;
        }
    }

    private List<string> DeadRuns()
    {
        var dead = new List<(DateTime Since, string Path)>();
        try
        {
            foreach (var folder in Directory.EnumerateDirectories(own.Siblings!))
                if (folder != own.Path && IsDead(folder))
                    dead.Add((Directory.GetCreationTimeUtc(folder), folder));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // What could be listed is enough for now.
        }
        dead.Sort();
        return dead.ConvertAll(static d => d.Path);
    }

    private bool IsDead(string folder)
    {
        // A run makes its folder, then takes the lock, then makes its black box.
        var begun = File.Exists(Path.Combine(folder, BlackBoxLayout.FileName));
        if (!begun && clock.GetUtcNow() - Directory.GetCreationTimeUtc(folder) < s_unfinished)
            return false;
        if (!RunFolder.TryLock(folder, out var held, out _))
            return false;
        held!.Dispose();
        return true;
    }

    private static List<string> Bounded(List<string> runs)
    {
        var sizes = runs.ConvertAll(SizeOf);
        while (runs.Count > MaxRuns || (runs.Count > 2 && sizes.Sum() > MaxBytes))
        {
            var middle = runs.Count / 2;
            RunFolder.Remove(runs[middle]);
            runs.RemoveAt(middle);
            sizes.RemoveAt(middle);
        }
        return runs;
    }

    // Another process of the service may be adopting, and clearing away, the same runs.
    private static long SizeOf(string folder)
    {
        try
        {
            return new DirectoryInfo(folder).EnumerateFiles().Sum(static f => f.Length);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return 0;
        }
    }

    /// <summary>False when the server could not be reached or refused for now.</summary>
    private bool Adopt(string folder, TocsinServer server, TimeSpan timeout)
    {
        if (!Directory.Exists(folder) || !RunFolder.TryLock(folder, out var held, out _))
            return true;
        using (held)
        {
            var box = BlackBoxReader.ReadFile(Path.Combine(folder, BlackBoxLayout.FileName));
            var crash = Path.Combine(folder, RunFolder.CrashName);
            if (box is not null && IsUnexplained(box) && !File.Exists(crash) && Record(box) is { } record
                && !TryWrite(crash, record))
                return false;
            Remember(folder);
            var told = box?.CrashState == CrashState.Delivered;
            var sent = (told || SendAll(folder, RunFolder.CrashName, server, timeout))
                && SendAll(folder, RunFolder.RecordPattern, server, timeout);
            if (sent)
                RunFolder.Remove(folder);
            return sent;
        }
    }

    private void Remember(string folder)
    {
        try
        {
            foreach (var pattern in (ReadOnlySpan<string>)[RunFolder.CrashName, RunFolder.RecordPattern])
                foreach (var path in Directory.GetFiles(folder, pattern))
                    History?.Add(File.ReadAllBytes(path));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The server still gets what can be read.
        }
    }

    private static bool SendAll(string folder, string pattern, TocsinServer server, TimeSpan timeout)
    {
        try
        {
            foreach (var path in Directory.GetFiles(folder, pattern))
            {
                if (!server.PostCrash(File.ReadAllBytes(path), timeout).IsFinal)
                    return false;
                File.Delete(path);
            }
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static bool IsUnexplained(BlackBoxSnapshot box) =>
        box.CrashState != CrashState.Delivered && !box.CleanExit && box.StopRequested is null;

    private byte[] Record(BlackBoxSnapshot box) => CrashRecordWriter.ToBytes(new FixedBuffer(1 << 20), Facts(box));

    private CrashFacts Facts(BlackBoxSnapshot box)
    {
        var time = box.Heartbeat ?? box.StartTime ?? clock.GetUtcNow();
        var report = CrashReport.OfProcess(dumpName, box.Pid, box.StartTime ?? time);
        var trace = OnlyTrace(box);
        return new CrashFacts
        {
            CrashId = box.CrashId ?? Crashes.CrashId.New(time),
            Class = ClassOf(box, report, time),
            Time = time,
            Box = box,
            Report = report,
            TraceId = trace,
            UserId = trace is null
                ? null : box.Logs.LastOrDefault(l => l.TraceId == trace && l.UserId is not null)?.UserId,
            Evidence = EvidenceOf(box, report, time),
        };
    }

    // A runtime that cannot allocate dies of anything, and its report is then about that.
    private static string ClassOf(BlackBoxSnapshot box, CrashReport? report, DateTimeOffset last) =>
        report?.Class is null or CrashClasses.NativeAbort or CrashClasses.StackOverflow && box.DiedForMemory(last)
            ? CrashClasses.OutOfMemory
            : report?.Class ?? CrashClasses.Abnormal;

    private Evidence[] EvidenceOf(BlackBoxSnapshot box, CrashReport? report, DateTimeOffset last)
    {
        var evidence = new List<Evidence>();
        if (report is not null)
            evidence.Add(new Evidence(
                "crash_report", $"The runtime's crash report shows {report.ExceptionType ?? "a fatal signal"}."));
        evidence.Add(new Evidence("black_box", string.Create(
            CultureInfo.InvariantCulture,
            $"Last heartbeat at {last.UtcDateTime:yyyy-MM-dd HH:mm:ss.fff} UTC, no goodbye, no request to stop.")));
        if (box.MemoryRanOut is { } ranOut && box.DiedForMemory(last))
            evidence.Add(new Evidence("black_box", string.Create(
                CultureInfo.InvariantCulture,
                $"An allocation failed at {ranOut.UtcDateTime:yyyy-MM-dd HH:mm:ss.fff} UTC: memory had run out.")));
        if (box.BootId.Length > 0 && RunIdentity.CurrentBoot() is { Length: > 0 } boot && boot != box.BootId)
            evidence.Add(new Evidence(
                "black_box", "The machine has been restarted since: it may have gone down with the process."));
        if (box.PoolHeartbeat is { } pool && last - pool > hangTimeout)
            evidence.Add(new Evidence("black_box", string.Create(
                CultureInfo.InvariantCulture,
                $"The thread pool had not answered for {(last - pool).TotalSeconds:0} s: the process hung first.")));
        return [.. evidence];
    }

    // With one operation under way, the death belongs to it; with several, nobody can tell.
    private static string? OnlyTrace(BlackBoxSnapshot box)
    {
        var traces = box.Activities
            .Select(static a => a.TraceId).Where(static t => t.Length > 0).Distinct().Take(2).ToArray();
        return traces.Length == 1 ? traces[0] : null;
    }
}
