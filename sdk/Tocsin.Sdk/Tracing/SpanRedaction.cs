using System.Diagnostics;
using OpenTelemetry;
using TocsinSdk.Metrics;
using TocsinSdk.Redaction;

namespace TocsinSdk.Tracing;

/// <summary>
/// Puts names, statuses and attributes of spans through the redactor. Attributes of span events cannot be changed any
/// more once they are on a span: the exporter sees to them.
/// </summary>
internal sealed class SpanRedaction(Redactor redactor) : BaseProcessor<Activity>
{
    public override void OnEnd(Activity data) => Quiet.Do(Redact, data);

    private void Redact(Activity span)
    {
        List<KeyValuePair<string, object?>>? changes = null;
        foreach (ref readonly var tag in span.EnumerateTagObjects())
        {
            if (tag.Value is null or bool or int or long or double)
                continue;
            var redacted = tag.Value is string pool && PoolName.Is(tag.Key)
                ? PoolName.Short(pool) : redactor.Redact(tag.Key, tag.Value);
            if (!Equals(redacted, tag.Value))
                (changes ??= []).Add(new(tag.Key, redacted));
        }
        foreach (var change in changes ?? [])
            span.SetTag(change.Key, change.Value);
        var name = redactor.Redact(span.DisplayName);
        if (name != span.DisplayName)
            span.DisplayName = name;
        if (span.StatusDescription is { } description
            && redactor.Redact(description) is var shown && shown != description)
            span.SetStatus(span.Status, shown);
    }
}
