using System.Diagnostics;
using System.Globalization;
using System.Text;
using OpenTelemetry.Metrics;

namespace TocsinSdk.Metrics;

/// <summary>The two formats of the page.</summary>
internal enum Exposition
{
    /// <summary>Prometheus text 0.0.4.</summary>
    Text,

    /// <summary>OpenMetrics 1.0.0: units, exemplars, and an end that can be told from a cut.</summary>
    OpenMetrics,
}

/// <summary>Writes collected metrics as a page for Prometheus. One thread at a time.</summary>
/// <param name="created">Whether OpenMetrics gets _created lines.</param>
internal sealed class PrometheusText(bool created)
{
    private readonly LabelWriter _labelWriter = new();
    private readonly Utf8Buffer _labels = new(1024);

    /// <returns>The number of series; a histogram with its buckets is one.</returns>
    public long Write(Utf8Buffer to, List<Family> families, byte[] target, Exposition format)
    {
        var (open, series) = (format == Exposition.OpenMetrics, 0L);
        if (target.Length > 0)
        {
            to.Write(open ? "# TYPE target info\n# HELP target What is measured\n"u8
                : "# TYPE target_info gauge\n# HELP target_info What is measured\n"u8);
            Line(to, "target_info"u8, [], target);
            to.Write("1\n"u8);
        }
        foreach (var family in families)
        {
            to.Write(open ? family.OpenMetricsHead : family.TextHead);
            foreach (var stream in family.Streams)
                foreach (ref readonly var point in stream.Metric.GetMetricPoints())
                {
                    Write(to, family, stream, in point, open);
                    series++;
                }
        }
        if (open)
            to.Write("# EOF\n"u8);
        return series;
    }

    private void Write(Utf8Buffer to, Family family, MetricStream stream, in MetricPoint point, bool open)
    {
        _labels.Clear();
        _labels.Write(stream.Scope);
        stream.Overflows |= _labelWriter.Write(_labels, point.Tags);
        if (family.Kind == FamilyKind.Histogram)
        {
            WriteHistogram(to, family, stream, in point, open);
        }
        else
        {
            Line(to, family.Sample, [], _labels.Written);
            WriteValue(to, stream.Metric.MetricType, in point);
            if (open && family.Kind == FamilyKind.Counter && point.TryGetExemplars(out var exemplars))
                WriteLatest(to, exemplars, stream.Metric.MetricType.IsLong());
            to.Write((byte)'\n');
        }
        if (open && created && family.Kind != FamilyKind.Gauge)
        {
            Line(to, family.Created, [], _labels.Written);
            WriteSeconds(to, point.StartTime);
            to.Write((byte)'\n');
        }
    }

    private static void WriteValue(Utf8Buffer to, MetricType type, in MetricPoint point)
    {
        switch (type)
        {
            case MetricType.LongSum or MetricType.LongSumNonMonotonic:
                to.Write(point.GetSumLong());
                break;
            case MetricType.DoubleSum or MetricType.DoubleSumNonMonotonic:
                to.Write(point.GetSumDouble());
                break;
            case MetricType.LongGauge:
                to.Write(point.GetGaugeLastValueLong());
                break;
            default:
                to.Write(point.GetGaugeLastValueDouble());
                break;
        }
    }

    private void WriteHistogram(Utf8Buffer to, Family family, MetricStream stream, in MetricPoint point, bool open)
    {
        var some = point.TryGetExemplars(out var exemplars) && open;
        if (stream.Metric.MetricType == MetricType.ExponentialHistogram)
            WriteExponential(to, family, in point, some, exemplars);
        else
            WriteBuckets(to, family, stream, in point, some, exemplars);
        Line(to, family.Sample, "_sum"u8, _labels.Written);
        to.Write(point.GetHistogramSum());
        to.Write((byte)'\n');
        Line(to, family.Sample, "_count"u8, _labels.Written);
        to.Write(point.GetHistogramCount());
        to.Write((byte)'\n');
    }

    private void WriteBuckets(Utf8Buffer to, Family family, MetricStream stream, in MetricPoint point, bool some,
        in ReadOnlyExemplarCollection exemplars)
    {
        var (cumulative, i, below) = (0L, 0, double.NegativeInfinity);
        foreach (var bucket in point.GetHistogramBuckets())
        {
            if (i == stream.Bounds.Length)
                stream.Bounds = [.. stream.Bounds, Bound(bucket.ExplicitBound)];
            cumulative += bucket.BucketCount;
            WriteBucket(to, family, stream.Bounds[i++], cumulative);
            if (some)
                WriteWithin(to, exemplars, below, below = bucket.ExplicitBound);
            to.Write((byte)'\n');
        }
        if (i > 0)
            return;
        WriteBucket(to, family, "le=\"+Inf\""u8, point.GetHistogramCount());
        to.Write((byte)'\n');
    }

    /// <summary>
    /// As classic buckets: the formats know no others. At most four bounds per doubling, so that they stay the same
    /// while the histogram's scale falls.
    /// </summary>
    private void WriteExponential(Utf8Buffer to, Family family, in MetricPoint point, bool some,
        in ReadOnlyExemplarCollection exemplars)
    {
        const int Finest = 2;
        var histogram = point.GetExponentialHistogramData();
        // What is in no positive bucket is zero or less.
        var cumulative = point.GetHistogramCount();
        foreach (var count in histogram.PositiveBuckets)
            cumulative -= count;
        var below = double.NegativeInfinity;
        if (cumulative > 0)
            Bucket(0, in exemplars);
        var coarser = Math.Max(0, histogram.Scale - Finest);
        var width = Math.Pow(2, -Math.Min(histogram.Scale, Finest));
        var (index, open, group) = (histogram.PositiveBuckets.Offset, false, 0);
        foreach (var count in histogram.PositiveBuckets)
        {
            if (open && index >> coarser != group)
                Bucket(Math.Pow(2, (group + 1) * width), in exemplars);
            (group, open) = (index++ >> coarser, true);
            cumulative += count;
        }
        if (open)
            Bucket(Math.Pow(2, (group + 1) * width), in exemplars);
        WriteBucket(to, family, "le=\"+Inf\""u8, point.GetHistogramCount());
        if (some)
            WriteWithin(to, exemplars, below, double.PositiveInfinity);
        to.Write((byte)'\n');

        void Bucket(double bound, in ReadOnlyExemplarCollection exemplars)
        {
            if (!double.IsFinite(bound))
                return;
            WriteBucket(to, family, Bound(bound), cumulative);
            if (some)
                WriteWithin(to, exemplars, below, below = bound);
            to.Write((byte)'\n');
        }
    }

    private void WriteBucket(Utf8Buffer to, Family family, ReadOnlySpan<byte> bound, long cumulative)
    {
        to.Write(family.Sample);
        to.Write("_bucket{"u8);
        to.Write(_labels.Written);
        if (_labels.Length > 0)
            to.Write((byte)',');
        to.Write(bound);
        to.Write("} "u8);
        to.Write(cumulative);
    }

    private static void Line(Utf8Buffer to, ReadOnlySpan<byte> name, ReadOnlySpan<byte> suffix, ReadOnlySpan<byte> labels)
    {
        to.Write(name);
        to.Write(suffix);
        if (labels.Length > 0)
        {
            to.Write((byte)'{');
            to.Write(labels);
            to.Write((byte)'}');
        }
        to.Write((byte)' ');
    }

    // "1.0", not "1": OpenMetrics wants it, and a series must not change its name with the format.
    private static byte[] Bound(double bound)
    {
        var text = double.IsPositiveInfinity(bound) ? "+Inf" : bound.ToString(CultureInfo.InvariantCulture);
        return Encoding.ASCII.GetBytes($"le=\"{text}{(text.AsSpan().ContainsAny('.', 'E', 'I') ? "" : ".0")}\"");
    }

    private static void WriteLatest(Utf8Buffer to, in ReadOnlyExemplarCollection exemplars, bool whole)
    {
        var latest = default(Exemplar);
        foreach (ref readonly var exemplar in exemplars)
            if (exemplar.TraceId != default && exemplar.Timestamp > latest.Timestamp)
                latest = exemplar;
        if (latest.TraceId != default)
            Write(to, in latest, whole ? latest.LongValue : latest.DoubleValue);
    }

    private static void WriteWithin(Utf8Buffer to, in ReadOnlyExemplarCollection exemplars, double above, double upTo)
    {
        foreach (ref readonly var exemplar in exemplars)
        {
            var value = exemplar.DoubleValue;
            if (exemplar.TraceId == default || !(value > above) || !(value <= upTo))
                continue;
            Write(to, in exemplar, value);
            return;
        }
    }

    private static void Write(Utf8Buffer to, in Exemplar exemplar, double value)
    {
        Span<byte> id = stackalloc byte[16];
        to.Write(" # {trace_id=\""u8);
        exemplar.TraceId.CopyTo(id);
        WriteHex(to, id);
        to.Write("\",span_id=\""u8);
        exemplar.SpanId.CopyTo(id = id[..8]);
        WriteHex(to, id);
        to.Write("\"} "u8);
        to.Write(value);
        to.Write((byte)' ');
        WriteSeconds(to, exemplar.Timestamp);
    }

    private static void WriteHex(Utf8Buffer to, ReadOnlySpan<byte> bytes)
    {
        foreach (var b in bytes)
        {
            to.Write("0123456789abcdef"u8[b >> 4]);
            to.Write("0123456789abcdef"u8[b & 15]);
        }
    }

    private static void WriteSeconds(Utf8Buffer to, DateTimeOffset time)
    {
        var milliseconds = time.ToUnixTimeMilliseconds();
        to.Write(milliseconds / 1000);
        to.Write((byte)'.');
        var rest = (int)(milliseconds % 1000);
        to.Write((byte)('0' + rest / 100));
        to.Write((byte)('0' + rest / 10 % 10));
        to.Write((byte)('0' + rest % 10));
    }
}
