using Tocsin.Model.Metrics;

namespace Tocsin.Ingest;

/// <summary>What was changed on records that were stored: nothing is altered silently.</summary>
internal sealed class WriterCounters(MetricSet metrics)
{
    private const string Redactions = "tocsin_ingest_redactions_total";
    private const string RedactionsHelp = "Values or parts of text replaced by [REDACTED].";
    private const string Dropped = "tocsin_ingest_dropped_attributes_total";
    private const string DroppedHelp = "Attributes left out of records that were stored.";

    public Counter RedactedByKey { get; } = metrics.Counter(Redactions, RedactionsHelp, ("by", "key"));

    public Counter RedactedByValue { get; } = metrics.Counter(Redactions, RedactionsHelp, ("by", "value"));

    public Counter SurplusAttributes { get; } = metrics.Counter(Dropped, DroppedHelp, ("reason", "too_many"));

    public Counter BadNames { get; } = metrics.Counter(Dropped, DroppedHelp, ("reason", "bad_name"));

    public Counter Truncated { get; } =
        metrics.Counter("tocsin_ingest_truncated_values_total", "Values cut to the size limit.");

    public Counter InvalidUtf8 { get; } =
        metrics.Counter("tocsin_ingest_repaired_text_total", "Texts in which invalid UTF-8 became U+FFFD.");
}
