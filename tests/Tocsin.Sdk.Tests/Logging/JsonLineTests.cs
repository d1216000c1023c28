using System.Diagnostics;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Tocsin.Testing;

namespace TocsinSdk.Tests.Logging;

public sealed class JsonLineTests : IDisposable
{
    private readonly LogPipeline _logs = new();

    public void Dispose() => _logs.Dispose();

    [Fact]
    public void A_line_carries_message_template_properties_and_place()
    {
        _logs.Log.LogInformation(new EventId(7, "Shipped"), "{OrderId} shipped to {Customer} for {Amount:F2}", 42, "Ann \"x\"", 12.25);
        var line = _logs.Line();
        line.GetProperty("level").GetString().ShouldBe("INFO");
        line.GetProperty("logger").GetString().ShouldBe("Shop.Orders");
        line.GetProperty("message").GetString().ShouldBe("42 shipped to Ann \"x\" for 12.25");
        line.GetProperty("template").GetString().ShouldBe("{OrderId} shipped to {Customer} for {Amount:F2}");
        line.GetProperty("event_id").GetInt32().ShouldBe(7);
        line.GetProperty("event").GetString().ShouldBe("Shipped");
        var properties = line.GetProperty("properties");
        properties.GetProperty("OrderId").GetInt32().ShouldBe(42);
        properties.GetProperty("Amount").GetDouble().ShouldBe(12.25);
        line.GetProperty("process").GetInt32().ShouldBe(Environment.ProcessId);
        line.GetProperty("thread").GetInt32().ShouldBe(Environment.CurrentManagedThreadId);
        line.GetProperty("timestamp").GetDateTimeOffset().ShouldBe(DateTimeOffset.UtcNow, TimeSpan.FromMinutes(1));
    }

    [Fact]
    public void Trace_user_session_and_request_stand_at_the_top()
    {
        using var activity = new Activity("op").Start();
        using (Tocsin.BeginContext(requestId: "req-1"))
        using (_logs.Log.BeginScope(new Dictionary<string, object> { ["user_id"] = "u-1", ["Cart"] = 3 }))
        {
            Tocsin.SetSession("s-1");
            _logs.Log.LogWarning("hello");
        }
        var line = _logs.Line();
        line.GetProperty("trace_id").GetString().ShouldBe(activity.TraceId.ToHexString());
        line.GetProperty("span_id").GetString().ShouldBe(activity.SpanId.ToHexString());
        line.GetProperty("request_id").GetString().ShouldBe("req-1");
        line.GetProperty("user_id").GetString().ShouldBe("u-1");
        line.GetProperty("session_id").GetString().ShouldBe("s-1");
        line.GetProperty("properties").GetProperty("Cart").GetInt32().ShouldBe(3);
    }

    [Fact]
    public void Ids_that_callers_chose_are_redacted_wherever_they_come_from()
    {
        using (var activity = new Activity("op").Start())
        {
            activity.SetTag("user.id", "ann password=hunter2");
            activity.AddBaggage("session.id", "token=sk_live_0123456789abcdefghij");
            _logs.Log.LogWarning("hello");
        }
        using (Tocsin.BeginContext(requestId: "password=hunter2"))
            _logs.Log.LogWarning("hello");
        foreach (var line in _logs.Lines())
            line.GetRawText().ShouldNotContain("hunter2");
        _logs.Lines()[0].GetRawText().ShouldNotContain("sk_live_0123456789");
        _logs.Lines()[0].GetProperty("user_id").GetString()!.ShouldStartWith("ann ");
    }

    [Fact]
    public void An_exception_is_told_with_its_chain_and_place()
    {
        try
        {
            throw new InvalidOperationException("outer", new TimeoutException("inner"));
        }
        catch (InvalidOperationException e)
        {
            _logs.Log.LogError(e, "failed");
        }
        var line = _logs.Line();
        var exception = line.GetProperty("exception");
        exception.GetProperty("type").GetString().ShouldBe("System.InvalidOperationException");
        exception.GetProperty("cause").GetProperty("message").GetString().ShouldBe("inner");
        exception.GetProperty("frames")[0].GetString()!.ShouldContain(nameof(An_exception_is_told_with_its_chain_and_place));
        line.GetProperty("function").GetString()!.ShouldContain(nameof(An_exception_is_told_with_its_chain_and_place));
        line.GetProperty("module").GetString().ShouldBe("JsonLineTests.cs");
        line.GetProperty("line").GetInt32().ShouldBeGreaterThan(0);
    }

    [Fact]
    [Trait("Kind", "Fuzz")]
    public void Fuzz_any_text_gives_valid_json_in_order()
    {
        var random = FuzzSeed.Random(20261121);
        var texts = Enumerable.Range(0, 3000).Select(_ => Text(random)).ToList();
        foreach (var text in texts)
        {
            _logs.Log.LogInformation("{Text}", text);
#pragma warning disable CA2254 // the template itself is the hostile text
            _logs.Log.LogInformation(text);
#pragma warning restore CA2254
        }
        var lines = _logs.Lines();
        lines.Count.ShouldBe(texts.Count * 2);
        for (var i = 0; i < texts.Count; i++)
            lines[2 * i].GetProperty("properties").GetProperty("Text").GetString()!.Length.ShouldBe(texts[i].Length);
    }

    private static string Text(Random random) => string.Create(random.Next(40), random, static (to, r) =>
    {
        for (var i = 0; i < to.Length; i++)
            to[i] = r.Next(6) switch
            {
                0 => (char)r.Next(0x20),
                1 => (char)(0xD800 + r.Next(0x800)),
                2 => "{}\"\\:,@\u007f\u2028"[r.Next(9)],
                _ => (char)r.Next(1, 0x2ff),
            };
    });

    [Fact]
    [Trait("Kind", "Fuzz")]
    public void A_real_number_reads_as_the_framework_writes_it()
    {
        var random = FuzzSeed.Random(3);
        var text = new TocsinSdk.Logging.Utf8Text(64);
        for (var round = 0; round < 100_000; round++)
        {
            var value = (round % 4) switch
            {
                0 => random.Next(-100_000_000, 100_000_000) / 100.0,
                1 => random.Next(1000) / 8.0,
                2 => BitConverter.Int64BitsToDouble(random.NextInt64()),
                _ => random.NextDouble() * Math.Pow(10, random.Next(-5, 14)),
            };
            text.Clear();
            text.AppendReal(value);
            System.Text.Encoding.ASCII.GetString(text.Written)
                .ShouldBe(value.ToString(System.Globalization.CultureInfo.InvariantCulture));
        }
    }

    [Fact]
    public void Secrets_are_masked_in_message_properties_scopes_and_exception()
    {
        const string secret = "hunter2-S3cret";
        using (_logs.Log.BeginScope(new Dictionary<string, object> { ["api_key"] = secret }))
            _logs.Log.LogError(new InvalidOperationException("cannot log in with password=" + secret),
                "{User} came with password={P}, {Text} and {Token,30}", "ann", secret, "Server=x;Password=" + secret + ";", secret);
#pragma warning disable CA2254 // what people do
        _logs.Log.LogInformation($"interpolated password={secret} {{Left}}", 1);
#pragma warning restore CA2254
        var lines = _logs.Lines();
        foreach (var line in lines)
            line.GetRawText().ShouldNotContain(secret);
        lines[0].GetProperty("message").GetString()!.ShouldStartWith("ann came with password=[REDACTED], Server=x;Password=[REDACTED];");
        lines[0].GetProperty("properties").GetProperty("P").GetString().ShouldBe("[REDACTED]");
        lines[1].GetProperty("message").GetString().ShouldBe("interpolated password=[REDACTED] 1");
        lines[1].TryGetProperty("template", out _).ShouldBeFalse();
    }

    [Fact]
    public void Collections_and_destructured_objects_become_json()
    {
        _logs.Log.LogInformation("{Items} {@Order} {Map}", new[] { 1, 2 },
            new { Id = 7, Lines = new[] { new { Sku = "a", ApiKey = "k-1" } } },
            new Dictionary<string, object?> { ["x"] = null, ["password"] = "p" });
        var properties = _logs.Line().GetProperty("properties");
        properties.GetProperty("Items").GetRawText().ShouldBe("[1,2]");
        properties.GetProperty("Order").GetRawText()
            .ShouldBe("{\"Id\":7,\"Lines\":[{\"Sku\":\"a\",\"ApiKey\":\"[REDACTED]\"}]}");
        properties.GetProperty("Map").GetRawText().ShouldBe("{\"x\":null,\"password\":\"[REDACTED]\"}");
    }

    [Fact]
    public void A_value_that_throws_or_logs_itself_harms_nobody()
    {
        _logs.Log.LogInformation("{A}", new Loud(_logs.Log));
        _logs.Log.LogInformation("after");
        var messages = _logs.Lines().Select(static l => l.GetProperty("message").GetString()).ToList();
        messages.ShouldContain("from inside");
        messages.ShouldContain("outside");
        messages.ShouldContain("after");
    }

    private sealed class Loud(ILogger log)
    {
        public override string ToString()
        {
            log.LogInformation("from inside");
            return "outside";
        }
    }
}
