using System.Diagnostics;
using System.Text.Json;
using Tocsin.Server;
using Tocsin.Server.Configuration;

namespace Tocsin.Cli.Tests;

/// <summary>backup, restore, verify and delete as a script sees them: with a server on the data, and without.</summary>
public sealed class CareVerbsTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("tocsin-care-").FullName;
    private string _url = "http://127.0.0.1:1";

    private string Data => Path.Combine(_root, "data");

    private string Backups => Path.Combine(_root, "backups");

    private string Restored => Path.Combine(_root, "restored");

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public async Task A_running_server_is_backed_up_verified_and_restored()
    {
        await using (TocsinServer server = await Start(Data))
        {
            await Log("first");
            (int code, string output, _) = await Tocsin("backup", Backups, "--data", Data, "--json");
            code.ShouldBe(0, output);
            JsonElement report = JsonSerializer.Deserialize<JsonElement>(output);
            report.GetProperty("problems").GetArrayLength().ShouldBe(0);
            await Log("second");
            (await Tocsin("verify", Data)).Code.ShouldBe(0);
            (await Tocsin("restore", Backups, "--data", Data, "--force")).Error.ShouldContain("is in use by process");
        }
        (await Tocsin("verify", Backups)).Output.ShouldContain("all as written");
        (await Tocsin("restore", Backups, "--data", Restored)).Code.ShouldBe(0);
        await using TocsinServer copy = await Start(Restored);
        (await Tocsin("logs", "first")).Code.ShouldBe(0);
        (await Tocsin("logs", "second")).Code.ShouldBe(1);
    }

    [Fact]
    public async Task Without_a_server_the_folder_is_read_and_damage_is_named_with_its_place()
    {
        await using (TocsinServer server = await Start(Data))
            await Log("only");
        (await Tocsin("backup", Backups, "--data", Data, "--keep", "1")).Code.ShouldBe(0);
        (await Tocsin("backup", Backups, "--data", Data, "--keep", "1")).Code.ShouldBe(0);
        string snapshot = Directory.GetDirectories(Backups).ShouldHaveSingleItem();
        string segment = Directory.GetFiles(snapshot, "*.seg", SearchOption.AllDirectories).Single();
        byte[] bytes = await File.ReadAllBytesAsync(segment, TestContext.Current.CancellationToken);
        bytes[40] ^= 1;
        File.Delete(segment);
        await File.WriteAllBytesAsync(segment, bytes, TestContext.Current.CancellationToken);
        (int code, string output, _) = await Tocsin("verify", Backups);
        code.ShouldBe(1);
        output.ShouldContain($"damaged: {Path.GetRelativePath(snapshot, segment)} at byte ");
        JsonSerializer.Deserialize<JsonElement>((await Tocsin("verify", Backups, "--json")).Output)
            .GetProperty("damage")[0].GetProperty("offset").GetInt64().ShouldBe(-1);
        (await Tocsin("restore", Backups, "--data", Restored)).Error.ShouldContain("is damaged, nothing was restored");
        (await Tocsin("verify", Data)).Code.ShouldBe(0);
    }

    [Fact]
    public async Task What_is_in_the_way_is_said_and_told_by_the_exit_code()
    {
        (await Tocsin("backup", Backups, "--data", Data)).Code.ShouldBe(3);
        (await Tocsin("verify", _root)).Code.ShouldBe(2);
        (await Tocsin("restore", _root, "--data", Restored)).Error.ShouldContain("there is no snapshot in it");
        await using TocsinServer server = await Start(Data);
        (await Tocsin("backup", Path.Combine(Data, "inside"))).Error.ShouldContain("inside the data folder");
    }

    [Fact]
    public async Task Records_are_counted_then_deleted_and_the_journal_says_why()
    {
        await using TocsinServer server = await Start(Data);
        await Log("of ann");
        await Log("of bob");
        (await Tocsin("delete", "ann")).Output.ShouldContain("1 records match");
        (await Tocsin("delete", "ann", "--yes")).Error.ShouldContain("reason: it is missing");
        (await Tocsin("delete", "ann", "--yes", "-m", "request 17", "--by", "eve")).Output.ShouldContain("1 records deleted");
        (await Tocsin("delete", "ann")).Code.ShouldBe(1);
        (await Tocsin("logs", "of")).Output.ShouldNotContain("ann");
        string journal = (await Tocsin("delete", "journal")).Output;
        journal.ShouldContain("eve");
        journal.ShouldContain("request 17");
    }

    private async Task<TocsinServer> Start(string folder)
    {
        TocsinServer server = await TocsinServer.Start(
            new TocsinSettings { DataDirectory = folder, HttpPort = 0, OtlpHttpPort = 0, OtlpGrpcPort = 0 }, TimeProvider.System);
        _url = $"http://127.0.0.1:{server.Addresses.Http}";
        return server;
    }

    private async Task Log(string body)
    {
        using var http = new HttpClient();
        using var content = new StringContent($$$"""
            {"resourceLogs":[{"scopeLogs":[{"logRecords":[{"timeUnixNano":"{{{DateTimeOffset.UtcNow.ToUnixTimeMilliseconds()}}}000000",
              "body":{"stringValue":"{{{body}}}"}}]}]}]}
            """, System.Text.Encoding.UTF8, "application/json");
        (await http.PostAsync($"{_url}/v1/logs", content)).EnsureSuccessStatusCode();
    }

    private async Task<(int Code, string Output, string Error)> Tocsin(params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [typeof(ExitCode).Assembly.Location, .. arguments])
        {
            RedirectStandardOutput = true, RedirectStandardError = true, Environment = { ["TOCSIN_URL"] = _url },
        };
        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync(), error = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(60));
        return (process.ExitCode, await output, await error);
    }
}
