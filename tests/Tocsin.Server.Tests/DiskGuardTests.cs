using System.Net;
using System.Text.Json;
using Tocsin.Server.Configuration;

namespace Tocsin.Server.Tests;

public sealed class DiskGuardTests
{
    [Fact]
    public async Task Below_the_reserve_writes_are_refused_reads_go_on_and_an_alert_rings()
    {
        string folder = Directory.CreateTempSubdirectory("tocsin-server-").FullName;
        await using (RunningServer before = await RunningServer.Start(folder: folder))
            await before.Log("api", "kept");
        // No disk has two petabytes to spare.
        await using (RunningServer full = await RunningServer.Start(
            s => s with { Retention = new RetentionSettings { MinFreeMegabytes = int.MaxValue } }, folder))
        {
            (HttpStatusCode status, _) = await full.Post("v1/logs", """
                {"resourceLogs":[{"scopeLogs":[{"logRecords":[{"timeUnixNano":"1","observedTimeUnixNano":"1","body":{"stringValue":"refused"}},
                  {"body":{"stringValue":"refused"}}]}]}]}
                """);
            status.ShouldBe(HttpStatusCode.ServiceUnavailable);
            (await full.Get("api/tocsin/v1/logs")).GetProperty("items").GetArrayLength().ShouldBe(1);
            (await full.Http.GetAsync("health/detailed")).StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
            JsonElement alerts = default;
            for (int i = 0; i < 100 && (alerts.ValueKind == JsonValueKind.Undefined || alerts.GetArrayLength() == 0); i++)
            {
                alerts = (await full.Get("api/tocsin/v1/alerts")).GetProperty("items");
                await Task.Delay(50, TestContext.Current.CancellationToken);
            }
            alerts[0].GetProperty("type").GetString().ShouldBe("disk_filling");
            alerts[0].GetProperty("priority").GetString().ShouldBe("CRITICAL");
        }
        await using (RunningServer after = await RunningServer.Start(folder: folder))
        {
            await after.Log("api", "taken again");
            (await after.Get("api/tocsin/v1/logs")).GetProperty("items").GetArrayLength().ShouldBe(2);
        }
        Directory.Delete(folder, recursive: true);
    }
}
