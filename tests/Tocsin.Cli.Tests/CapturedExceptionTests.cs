using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json;
using Tocsin.Testing.Processes;

namespace Tocsin.Cli.Tests;

/// <summary>The library in one process, the server in another, the answer over the API.</summary>
public sealed class CapturedExceptionTests
{
    [Fact]
    public async Task An_exception_captured_in_a_program_is_a_group_on_the_server_under_the_same_id()
    {
        using var place = new ServerPlace();
        await using ServerProcess server = await ServerProcess.Start(place);
        var start = new ProcessStartInfo("dotnet")
        {
            ArgumentList = { Repository.Built("tests/Tocsin.Sdk.Crasher", "Tocsin.Sdk.Crasher.dll"), "captured" },
            RedirectStandardOutput = true,
            Environment = { ["TOCSIN_URL"] = server.Url, ["TOCSIN_STATE_DIR"] = Path.Combine(place.Folder, "state") },
        };
        using Process program = Process.Start(start)!;
        try
        {
            string id = await IdFrom(program.StandardOutput);
            JsonElement group = await GroupOf(server);
            group.GetProperty("count").GetInt64().ShouldBe(1);
            JsonElement record = await server.Get($"crashes/{group.GetProperty("id").GetInt64()}/events/{id}");
            record.GetProperty("crashId").GetString().ShouldBe(id);
            record.GetProperty("class").GetString().ShouldBe("captured");
            record.GetProperty("exception").GetProperty("type").GetString().ShouldBe("System.TimeoutException");
            record.GetProperty("attributes").GetProperty("error.category").GetString().ShouldBe("api_timeout");
            program.HasExited.ShouldBeFalse();
        }
        finally
        {
            program.Kill();
            await program.WaitForExitAsync();
        }
    }

    private static async Task<string> IdFrom(StreamReader output)
    {
        while (await output.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(30)) is { } line)
        {
            if (line.StartsWith("captured ", StringComparison.Ordinal))
                return line["captured ".Length..];
        }
        throw new InvalidOperationException("the program said no id");
    }

    private static async Task<JsonElement> GroupOf(ServerProcess server)
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (true)
        {
            JsonElement page = await server.Http.GetFromJsonAsync<JsonElement>("api/tocsin/v1/crashes", deadline.Token);
            if (page.GetProperty("items") is var items && items.GetArrayLength() > 0)
                return items[0];
            await Task.Delay(200, deadline.Token);
        }
    }
}
