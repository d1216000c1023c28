using System.Diagnostics;
using Dapper;
using Tocsin.Model.Metrics;

namespace Tocsin.Catalog.Tests;

public sealed class CrashSafetyTests
{
    /// <summary>Kills a writer in the middle of its work, again and again, on the same file.</summary>
    [Fact]
    public async Task Every_completed_write_survives_the_death_of_the_process()
    {
        string folder = Directory.CreateTempSubdirectory("killed-").FullName;
        string path = Path.Combine(folder, "catalog.db");
        var completed = new List<string>();
        for (int kill = 0; kill < 4; kill++)
            completed.AddRange(await WriteAndKill(path, after: 50 + kill * 40));

        await using (var database = CatalogDatabase.Open(path, CatalogFile.Schema, TimeProvider.System, new MetricSet()))
        {
            var kept = database.Read(c => c.Query<string>("SELECT text FROM notes")).ToHashSet();
            completed.Count.ShouldBeGreaterThan(300);
            completed.Where(text => !kept.Contains(text)).ShouldBeEmpty();
            database.Read(c => c.ExecuteScalar<string>("PRAGMA integrity_check")).ShouldBe("ok");
        }
        Directory.Delete(folder, recursive: true);
    }

    private static async Task<List<string>> WriteAndKill(string path, int after)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardOutput = true, UseShellExecute = false };
        start.Environment[KilledWriter.Variable] = path;
        using Process writer = Process.Start(start)!;
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        await using CancellationTokenRegistration end = deadline.Token.Register(writer.Kill);
        var completed = new List<string>();
        while (completed.Count < after && await writer.StandardOutput.ReadLineAsync(deadline.Token) is { } line)
            completed.Add(line);
        writer.Kill();
        // What the pipe still holds was completed as well; the last line may be cut.
        string rest = await writer.StandardOutput.ReadToEndAsync(deadline.Token);
        await writer.WaitForExitAsync(deadline.Token);
        string[] lines = rest.Split('\n');
        completed.AddRange(lines[..^1]);
        return completed;
    }
}
