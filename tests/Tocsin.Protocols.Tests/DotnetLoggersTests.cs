using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using NLog;
using NLog.Layouts;
using Serilog;
using Serilog.Core;
using Serilog.Events;
using Serilog.Formatting.Json;
using Tocsin.Protocols.JsonLines;
using Tocsin.Protocols.Seq;
using Tocsin.Protocols.Shared;

namespace Tocsin.Protocols.Tests;

/// <summary>What the loggers of .NET really write as JSON, byte for byte.</summary>
public sealed class DotnetLoggersTests
{
    private readonly LogDecoding _at = new();

    public DotnetLoggersTests() => _at.Clock.Advance(DateTimeOffset.UtcNow - _at.Clock.GetUtcNow());

    [Theory]
    [InlineData(true, "Order 42 of \"zoe ✗\" took 7.5 ms")]
    [InlineData(false, "Order {OrderId} of {User} took {Elapsed:0.0} ms")]
    public void Serilogs_json_formatter_is_read_as_json_lines(bool rendered, string body)
    {
        JsonNode row = JsonNode.Parse(_at.Rows(Lines().Decode, SerilogLine(rendered)).Single())!;
        ((int)row["severity"]!).ShouldBe(13);
        ((string)row["fields"]!["@body"]!).ShouldBe(body);
        ((string)row["fields"]!["@severity_text"]!).ShouldBe("Warning");
        row["fields"]!["Properties"]!.ToJsonString().ShouldContain("\"OrderId\":42,\"User\":\"zoe \\u2717\",\"Elapsed\":7.5");
        ((string)row["fields"]!["Exception"]!).ShouldBe("System.InvalidOperationException: declined");
        long time = long.Parse((string)row["time"]!);
        Math.Abs(time - _at.Now).ShouldBeLessThan(60_000_000_000);
    }

    [Fact]
    public void Serilogs_json_formatter_is_what_seq_calls_raw_events()
    {
        JsonNode row = JsonNode.Parse(_at.Rows(new SeqDecoder([]).Raw, $"{{\"Events\":[{SerilogLine(rendered: false)}]}}").Single())!;
        ((string)row["fields"]!["@body"]!).ShouldBe("Order 42 of zoe ✗ took 7.5 ms");
        ((string)row["fields"]!["log.record.template"]!).ShouldBe("Order {OrderId} of {User} took {Elapsed:0.0} ms");
        ((string)row["fields"]!["exception.type"]!).ShouldBe("System.InvalidOperationException");
        ((int)row["fields"]!["OrderId"]!).ShouldBe(42);
    }

    [Fact]
    public void Nlogs_json_layout_is_read_as_json_lines()
    {
        var layout = new JsonLayout
        {
            Attributes =
            {
                new JsonAttribute("time", "${longdate:universalTime=true}"), new JsonAttribute("level", "${level:upperCase=true}"),
                new JsonAttribute("message", "${message}"),
            },
            IncludeEventProperties = true,
        };
        var record = new LogEventInfo(NLog.LogLevel.Error, "Shop", null, "Order {OrderId} failed", [42]);
        JsonNode row = JsonNode.Parse(_at.Rows(Lines().Decode, layout.Render(record)).Single())!;
        ((int)row["severity"]!).ShouldBe(17);
        ((string)row["fields"]!["@body"]!).ShouldBe("Order 42 failed");
        ((int)row["fields"]!["OrderId"]!).ShouldBe(42);
        Math.Abs(long.Parse((string)row["time"]!) - _at.Now).ShouldBeLessThan(60_000_000_000);
    }

    private static JsonLinesDecoder Lines() => new(FieldMap.Read(QueryCollection.Empty));

    private static string SerilogLine(bool rendered)
    {
        var sink = new Kept();
        using (Serilog.Core.Logger log = new LoggerConfiguration().WriteTo.Sink(sink).CreateLogger())
            log.Warning(new InvalidOperationException("declined"), "Order {OrderId} of {User} took {Elapsed:0.0} ms", 42, "zoe ✗", 7.5);
        using var text = new StringWriter();
        new JsonFormatter(renderMessage: rendered).Format(sink.Event!, text);
        return text.ToString();
    }

    private sealed class Kept : ILogEventSink
    {
        public LogEvent? Event { get; private set; }

        public void Emit(LogEvent logEvent) => Event = logEvent;
    }
}
