using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using TocsinSdk.AspNetCore.Tests.Support;
using TocsinSdk.Logging;
using TocsinSdk.Runs;

namespace TocsinSdk.AspNetCore.Tests.Requests;

/// <summary>What of a request reaches files and server.</summary>
public sealed class RequestRecordTests
{
    [Fact]
    public async Task The_web_hosts_scope_is_on_records_of_the_application_but_not_repeated_on_those_of_requests()
    {
        var seen = new Seen();
        await using var app = await WebApp.Start(a => a.MapGet("/stays/{id:int}", (int id, ILogger<Seen> log) =>
        {
            log.LogWarning("looked up {Stay}", id);
            return Results.Text("ok");
        }));
        ProcessRun.Current!.Logs.Add(seen);
        await app.Client.GetAsync("/stays/7");
        await app.Said("RequestCompleted");
        seen.Fields["looked up 7"].ShouldContain("RequestPath");
        var started = seen.Fields["Request started: GET /stays/7"];
        started.ShouldContain("url.path");
        started.ShouldNotContain("RequestPath");
        started.ShouldNotContain("ConnectionId");
    }

    private sealed class Seen : ILogSink
    {
        public ConcurrentDictionary<string, string[]> Fields { get; } = new();

        public bool Takes(LogLevel level, string category) => level >= LogLevel.Information;

        public void Write(LogEvent e) =>
            Fields[System.Text.Encoding.UTF8.GetString(e.Message)] = [.. e.Fields.ToArray().Select(f => f.Key.Name)];
    }
}
