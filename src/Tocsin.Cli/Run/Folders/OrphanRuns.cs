using Tocsin.Cli.Run.Children;
using Tocsin.Cli.Run.Evidence;
using Tocsin.Model.Crashes;

namespace Tocsin.Cli.Run.Folders;

/// <summary>
/// Runs whose supervisor ended before them, for example by SIGKILL: found and judged at the next start for the service.
/// </summary>
internal static class OrphanRuns
{
    private const int MaxFolders = 64;

    /// <summary>
    /// Takes every abandoned folder of the service. <paramref name="deliver"/> must have stored the record when it
    /// returns; after that the folder is deleted. Folders of runs that still live are left for next time.
    /// </summary>
    public static void Adopt(string runs, Action<CrashRecord> deliver, Action<RunIdentity> stillAlive)
    {
        foreach (var path in Folders(runs))
        {
            using var folder = RunFolder.TryTake(path);
            if (folder is null)
            {
                continue;
            }

            var mark = folder.ReadIdentity();
            if (mark is not null && IsAlive(mark))
            {
                stillAlive(mark.Run);
                continue;
            }

            if (mark is not null && Judge(folder, mark) is { } record)
            {
                deliver(record);
            }

            folder.Delete();
        }
    }

    public static bool Any(string runs) => Folders(runs).Any();

    private static CrashRecord? Judge(RunFolder folder, RunMark mark)
    {
        if (mark.Run.Pid is null)
        {
            return null; // the child was never started
        }

        var box = RunEvidence.BlackBox(folder.Path);
        var death = new Death
        {
            At = box?.Heartbeat ?? LastSign(folder.Path),
            Intent = folder.StopMarked ? new StopIntent(Signals.Terminate, default) : StopIntent.None,
            Written = RunEvidence.Written(folder.Path),
            Report = RunEvidence.Report(folder.Path, mark.Run.Pid, TimeSpan.Zero),
            BlackBox = box,
        };
        return Verdict.Of(death) is { } kind ? RecordAssembly.Merge(mark.Run, death, kind, crashLoop: false) : null;
    }

    private static bool IsAlive(RunMark mark) =>
        mark is { Run.Pid: { } pid, PidStartTicks: { } ticks }
        && mark.BootId == ProcessTable.BootId()
        && ProcessTable.StartTicks(pid) == ticks
        && ProcessTable.State(pid) is not ('Z' or 'X');

    private static DateTimeOffset LastSign(string path) =>
        new DirectoryInfo(path).EnumerateFiles().Where(f => f.Name != RunFolder.LockFile)
            .Select(f => new DateTimeOffset(f.LastWriteTimeUtc))
            .DefaultIfEmpty(new DateTimeOffset(Directory.GetCreationTimeUtc(path)))
            .Max();

    private static IEnumerable<string> Folders(string runs)
    {
        try
        {
            return [.. Directory.EnumerateDirectories(runs).Take(MaxFolders)];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
