using System.Diagnostics;
using OpenTelemetry;
using OpenTelemetry.Trace;
using TocsinSdk.Redaction;
using TocsinSdk.Tracing;

namespace TocsinSdk.Tests.Tracing;

public sealed class SpanAttributesTests : IDisposable
{
    private readonly ActivitySource _source = new("attributes-" + Guid.NewGuid().ToString("N"));
    private readonly TracerProvider _provider;
    private Activity? _ended;

    public SpanAttributesTests() => _provider = new TracePipeline(
            new TraceOptions(), new Redactor(new RedactionOptions()), TimeProvider.System)
        .AddTo(OpenTelemetry.Sdk.CreateTracerProviderBuilder().AddSource(_source.Name), new Seen(a => _ended = a)).Build();

    private sealed class Seen(Action<Activity> see) : BaseProcessor<Activity>
    {
        public override void OnEnd(Activity data) => see(data);
    }

    public void Dispose()
    {
        _provider.Dispose();
        _source.Dispose();
    }

    [Fact]
    public void A_database_span_is_named_after_its_statement_and_loses_its_literals()
    {
        using (var span = _source.StartActivity("postgresql", ActivityKind.Client))
        {
            span!.SetTag("db.system.name", "postgresql");
            span.SetTag("db.query.text", "SELECT * FROM items WHERE name = 'Ada'");
        }
        _ended!.DisplayName.ShouldBe("SELECT items");
        _ended.GetTagItem("db.query.text").ShouldBe("SELECT * FROM items WHERE name = ?");
        _ended.GetTagItem("db.query.summary").ShouldBe("SELECT items");
        _ended.GetTagItem("db.operation.name").ShouldBe("SELECT");
        _ended.GetTagItem("db.collection.name").ShouldBe("items");
    }

    [Fact]
    public void A_name_that_somebody_chose_is_left()
    {
        using (var span = _source.StartActivity("op", ActivityKind.Client))
        {
            span!.DisplayName = "cheapest items";
            span.SetTag("db.statement", "SELECT 5 FROM items");
        }
        _ended!.DisplayName.ShouldBe("cheapest items");
        _ended.GetTagItem("db.statement").ShouldBe("SELECT ? FROM items");
    }

    [Fact]
    public void Secrets_leave_names_statuses_and_attributes()
    {
        using (var span = _source.StartActivity("login"))
        {
            span!.SetTag("password", "hunter2hunter2");
            span.SetTag("note", "Authorization: Bearer abcdefghijklmnopqrstuvwxyz0123456789");
            span.SetTag("count", 3);
            span.SetStatus(ActivityStatusCode.Error, "password=hunter2hunter2");
        }
        _ended!.GetTagItem("password").ShouldBe("[REDACTED]");
        _ended.GetTagItem("note")!.ToString()!.ShouldNotContain("abcdefghijklmnop");
        _ended.GetTagItem("count").ShouldBe(3);
        _ended.StatusDescription!.ShouldNotContain("hunter2");
    }

    [Fact]
    public void Allowed_baggage_becomes_attributes_and_other_baggage_does_not()
    {
        using var parent = new Activity("caller").AddBaggage("user.id", "u-1").AddBaggage("other", "x")
            .AddBaggage("session.id", "bad\nvalue").AddBaggage("request_id", new string('r', 300));
        parent.ActivityTraceFlags = ActivityTraceFlags.Recorded;
        parent.Start();
        using (_source.StartActivity("work"))
        {
        }
        _ended!.GetTagItem("user.id").ShouldBe("u-1");
        _ended.GetTagItem("other").ShouldBeNull();
        _ended.GetTagItem("session.id").ShouldBeNull();
        ((string)_ended.GetTagItem("request_id")!).Length.ShouldBe(256);
    }
}
