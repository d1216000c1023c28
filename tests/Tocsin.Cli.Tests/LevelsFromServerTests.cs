using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json;
using Tocsin.Testing.Processes;

namespace Tocsin.Cli.Tests;

/// <summary>A program that always logs at Debug too, in front of a real server that says how much of it is wanted.</summary>
public sealed class LevelsFromServerTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(40);

    /// <summary>Until a process has acted on the answer it was given.</summary>
    private static readonly TimeSpan s_reaction = TimeSpan.FromSeconds(1);

    [Fact]
    public async Task Debug_appears_after_the_change_and_stops_when_it_is_cleared()
    {
        using var place = new ServerPlace();
        await using ServerProcess server = await ServerProcess.Start(place);
        using Process program = Start(server, place);
        try
        {
            await Await(server, "chat", _ => true);
            await UpToDate(server);
            (await Whispers(server)).ShouldBeEmpty();
            await Post(server, "levels", new { service = "chatty", category = "Crasher.Chat", level = "Debug", by = "test" });
            await Await(server, "whisper", _ => true);
            await Post(server, "levels/clear", new { service = "chatty", by = "test" });
            await UpToDate(server);
            DateTimeOffset silent = DateTimeOffset.UtcNow + s_reaction;
            await Await(server, "chat", time => time > silent + s_reaction);
            (await Whispers(server)).ShouldAllBe(time => time <= silent);
        }
        finally
        {
            program.Kill();
            await program.WaitForExitAsync();
        }
    }

    [Fact]
    public async Task Debug_ends_by_itself()
    {
        using var place = new ServerPlace();
        await using ServerProcess server = await ServerProcess.Start(place);
        JsonElement set = await Post(server, "levels", new { service = "chatty", category = "Crasher", level = "Debug", @for = "6s" });
        DateTimeOffset end = set.GetProperty("level").GetProperty("expiresAt").GetDateTimeOffset();
        using Process program = Start(server, place);
        try
        {
            await Await(server, "whisper", _ => true);
            await Await(server, "chat", time => time > end + 2 * s_reaction);
            (await Whispers(server)).ShouldAllBe(time => time <= end + s_reaction);
        }
        finally
        {
            program.Kill();
            await program.WaitForExitAsync();
        }
    }

    private static Process Start(ServerProcess server, ServerPlace place) => Process.Start(new ProcessStartInfo("dotnet")
    {
        ArgumentList = { Repository.Built("tests/Tocsin.Sdk.Crasher", "Tocsin.Sdk.Crasher.dll"), "chatty" },
        Environment =
        {
            ["TOCSIN_URL"] = server.Url, ["TOCSIN_STATE_DIR"] = Path.Combine(place.Folder, "state"), ["OTEL_SERVICE_NAME"] = "chatty",
            ["TOCSIN_LOGS__FILES"] = "false", ["TOCSIN_LOGS__CONSOLE"] = "None",
        },
        RedirectStandardOutput = true,
    })!;

    private static async Task<JsonElement> Post(ServerProcess server, string path, object body)
    {
        using HttpResponseMessage answer = await server.Http.PostAsJsonAsync("api/tocsin/v1/" + path, body);
        answer.IsSuccessStatusCode.ShouldBeTrue(await answer.Content.ReadAsStringAsync());
        return await answer.Content.ReadFromJsonAsync<JsonElement>();
    }

    private static Task UpToDate(ServerProcess server) => Until(async () => (await server.Get("levels?service=chatty")).GetProperty("listeners")
        .EnumerateArray().Any(l => l.GetProperty("upToDate").GetInt32() == 1));

    private static Task Await(ServerProcess server, string word, Func<DateTimeOffset, bool> fits) =>
        Until(async () => (await Times(server, word)).Any(fits));

    private static async Task<DateTimeOffset[]> Whispers(ServerProcess server) => await Times(server, "whisper");

    // Newest first.
    private static async Task<DateTimeOffset[]> Times(ServerProcess server, string word) =>
    [
        .. (await server.Get($"logs?q={word}&from=-10m&limit=500")).GetProperty("items").EnumerateArray()
            .Select(i => i.GetProperty("time").GetDateTimeOffset()),
    ];

    private static async Task Until(Func<Task<bool>> holds)
    {
        using var deadline = new CancellationTokenSource(s_patience);
        while (!await holds())
            await Task.Delay(200, deadline.Token);
    }
}
