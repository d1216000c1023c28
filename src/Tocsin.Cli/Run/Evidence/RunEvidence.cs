using System.Text.Json;
using Tocsin.Model.Crashes;
using TocsinSdk.BlackBox;

namespace Tocsin.Cli.Run.Evidence;

/// <summary>Collects from a run folder what the dead program and its runtime left there.</summary>
internal static class RunEvidence
{
    private const int MaxCrashFileBytes = 4 * 1024 * 1024;
    private const string ReportPattern = "*.crashreport.json";
    private static readonly TimeSpan ReportPoll = TimeSpan.FromMilliseconds(20);

    public static CrashRecord? Written(string folder)
    {
        try
        {
            var file = new FileInfo(Path.Combine(folder, "crash.json"));
            return file.Exists && file.Length is > 0 and < MaxCrashFileBytes
                ? CrashJson.Read(File.ReadAllBytes(file.FullName))
                : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException
            or InvalidOperationException)
        {
            return null; // half written: the other sources have to do
        }
    }

    public static BlackBoxSnapshot? BlackBox(string folder) =>
        BlackBoxReader.ReadFile(Path.Combine(folder, BlackBoxLayout.FileName));

    /// <summary>
    /// The report about this pid, else the newest of any process the run started. The runtime waits for createdump
    /// before it dies, so waiting is needed only for a file that is there and unfinished.
    /// </summary>
    public static CrashReport? Report(string folder, int? pid, TimeSpan limit)
    {
        var waited = System.Diagnostics.Stopwatch.StartNew();
        while (true)
        {
            var files = Files(folder);
            var own = files.Find(f => pid is not null && f.Name.Contains($".{pid}."));
            var file = own ?? files.MaxBy(f => f.LastWriteTimeUtc);
            var report = file is null ? null : CrashReport.Load(file.FullName);
            if (report is not null || file is null || waited.Elapsed >= limit)
            {
                return report;
            }

            Thread.Sleep(ReportPoll);
        }
    }

    private static List<FileInfo> Files(string folder)
    {
        try
        {
            return [.. new DirectoryInfo(folder).EnumerateFiles(ReportPattern)];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
