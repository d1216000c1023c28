using System.Net;
using System.Text.Json;
using Tocsin.Model;
using Tocsin.Server.Configuration;
using Tocsin.Storage.Care;

namespace Tocsin.Server.Tests;

public sealed class CareOverHttpTests
{
    private const string Api = "api/tocsin/v1/";

    [Fact]
    public async Task Storage_tells_what_is_held_how_long_and_how_the_disk_is()
    {
        string folder = Directory.CreateTempSubdirectory("tocsin-server-").FullName;
        Func<TocsinSettings, TocsinSettings> kept = s => s with
        {
            Retention = new RetentionSettings
            {
                MaxBytes = 5_000_000_000, Conditions = new Dictionary<string, string> { ["pay"] = "service:pay" },
                Classes = [new RetentionClass { Name = "pay", Where = Tocsin.Query.Logs.LogQuery.Parse("service:pay").Predicate!, Keep = TimeSpan.FromDays(365), Dataset = Dataset.Logs }],
            },
        };
        await using (RunningServer first = await RunningServer.Start(kept, folder))
        {
            await first.Log("shop", "one");
            await first.Log("pay", "two");
            await first.Log("pay", "three");
            (await first.Get(Api + "storage")).GetProperty("memoryRows").GetInt64().ShouldBe(3);
        }
        await using (RunningServer again = await RunningServer.Start(kept, folder))
        {
            JsonElement storage = await again.Get(Api + "storage");
            storage.GetProperty("rows").GetInt64().ShouldBe(3);
            storage.GetProperty("budgets").GetProperty("all").GetInt64().ShouldBe(5_000_000_000);
            storage.GetProperty("disk").GetProperty("state").GetString().ShouldNotBeNullOrEmpty();
            JsonElement[] classes = [.. storage.GetProperty("classes").EnumerateArray()];
            classes.Select(c => (c.GetProperty("dataset").GetString(), c.GetProperty("name").GetString(), c.GetProperty("rows").GetInt64(), c.GetProperty("days").GetDouble()))
                .ShouldBe([("logs", "", 1, 30), ("logs", "pay", 2, 365), ("spans", "", 0, 14)]);
            classes[1].GetProperty("where").GetString().ShouldBe("service:pay");
            classes.Sum(c => c.GetProperty("bytes").GetInt64()).ShouldBe(storage.GetProperty("bytes").GetInt64());
        }
        // A class that is configured no more is still shown with what it holds.
        await using (RunningServer third = await RunningServer.Start(folder: folder))
        {
            JsonElement old = (await third.Get(Api + "storage")).GetProperty("classes").EnumerateArray().Single(c => c.GetProperty("name").GetString() == "pay");
            (old.GetProperty("configured").GetBoolean(), old.GetProperty("rows").GetInt64(), old.GetProperty("days").GetDouble()).ShouldBe((false, 2, 30));
        }
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task A_backup_is_listed_and_verified_and_so_is_the_data()
    {
        string backups = Directory.CreateTempSubdirectory("tocsin-backups-").FullName;
        await using RunningServer server = await RunningServer.Start();
        await server.Log("shop", "one");
        (await server.Get($"{Api}backup/snapshots?directory={backups}/none")).GetProperty("items").GetArrayLength().ShouldBe(0);
        await server.Post(Api + "backup", JsonSerializer.Serialize(new { directory = backups }));
        (await Ended(server, "backup")).TryGetProperty("error", out _).ShouldBeFalse();
        JsonElement snapshot = (await server.Get($"{Api}backup/snapshots?directory={backups}")).GetProperty("items").EnumerateArray().Single();
        snapshot.GetProperty("files").GetInt32().ShouldBeGreaterThan(1);

        string path = snapshot.GetProperty("path").GetString()!;
        (await server.Post(Api + "verify", JsonSerializer.Serialize(new { directory = path }))).Status.ShouldBe(HttpStatusCode.Accepted);
        JsonElement sound = (await Ended(server, "verify")).GetProperty("report");
        (sound.GetProperty("kind").GetString(), sound.GetProperty("damage").GetArrayLength()).ShouldBe(("backup", 0));

        string victim = Directory.EnumerateFiles(path, "*.wal", SearchOption.AllDirectories).First();
        await File.AppendAllTextAsync(victim, "x");
        await server.Post(Api + "verify", JsonSerializer.Serialize(new { directory = backups }));
        (await Ended(server, "verify")).GetProperty("report").GetProperty("damage").GetArrayLength().ShouldBeGreaterThan(0);

        await server.Post(Api + "verify", "{}");
        JsonElement own = await Ended(server, "verify");
        own.GetProperty("directory").GetString().ShouldBe(server.Folder);
        own.GetProperty("report").GetProperty("kind").GetString().ShouldBe("data");
        Directory.Delete(backups, recursive: true);
    }

    [Theory]
    [InlineData("verify", """{"directory":"relative/path"}""")]
    [InlineData("backup", """{"directory":"relative/path"}""")]
    public async Task A_folder_has_to_be_absolute(string what, string order)
    {
        await using RunningServer server = await RunningServer.Start();
        (HttpStatusCode status, JsonElement problem) = await server.Post(Api + what, order);
        status.ShouldBe(HttpStatusCode.BadRequest);
        problem.GetProperty("detail").GetString()!.ShouldContain("directory: it is no absolute path; expected a folder");
        using HttpResponseMessage list = await server.Http.GetAsync(Api + "backup/snapshots?directory=relative");
        list.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task What_is_no_backup_is_said_so()
    {
        string empty = Directory.CreateTempSubdirectory("tocsin-empty-").FullName;
        await using RunningServer server = await RunningServer.Start();
        using HttpResponseMessage none = await server.Http.GetAsync(Api + "verify");
        none.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        await server.Post(Api + "verify", JsonSerializer.Serialize(new { directory = empty }));
        (await Ended(server, "verify")).GetProperty("error").GetString()!.ShouldContain("neither a data folder nor a backup");
        Directory.Delete(empty);
    }

    private static async Task<JsonElement> Ended(RunningServer server, string what)
    {
        for (int i = 0; i < 300; i++)
        {
            JsonElement state = await server.Get(Api + what);
            if (!state.GetProperty("running").GetBoolean())
                return state;
            await Task.Delay(50);
        }
        throw new TimeoutException($"{what} does not end");
    }
}
