using OpenTelemetry.Metrics;
using System.Text;

namespace TocsinSdk.Metrics;

internal enum FamilyKind { Gauge, Counter, Histogram }

/// <summary>The instruments that share one name on the page, with the lines that head them.</summary>
internal sealed class Family
{
    public Family(string name, FamilyKind kind, string unit, string help)
    {
        (Name, Kind) = (name, kind);
        TextHead = Head(openMetrics: false, kind == FamilyKind.Counter ? name + "_total" : name, kind, unit, help);
        OpenMetricsHead = Head(openMetrics: true, name, kind, unit, help);
        Sample = Encoding.ASCII.GetBytes(kind == FamilyKind.Counter ? name + "_total" : name);
        Created = Encoding.ASCII.GetBytes(name + "_created");
    }

    public string Name { get; }
    public FamilyKind Kind { get; }
    public byte[] TextHead { get; }
    public byte[] OpenMetricsHead { get; }

    /// <summary>The name a sample line begins with; a histogram appends _bucket, _sum, _count.</summary>
    public byte[] Sample { get; }
    public byte[] Created { get; }
    public List<MetricStream> Streams { get; } = [];

    /// <summary>Every name a sample of the family may have, in either format.</summary>
    public static string[] SampleNames(string name, FamilyKind kind) => kind switch
    {
        FamilyKind.Counter => [name, name + "_total", name + "_created"],
        FamilyKind.Histogram => [name, name + "_bucket", name + "_sum", name + "_count", name + "_created"],
        _ => [name],
    };

    private static byte[] Head(bool openMetrics, string name, FamilyKind kind, string unit, string help)
    {
        using var text = new Utf8Buffer(256);
        text.Write($"# TYPE {name} {kind switch
        {
            FamilyKind.Counter => "counter",
            FamilyKind.Histogram => "histogram",
            _ => "gauge",
        }}\n");
        if (openMetrics && unit.Length > 0)
            text.Write($"# UNIT {name} {unit}\n");
        if (help.Length > 0)
        {
            text.Write($"# HELP {name} ");
            if (openMetrics)
                LabelWriter.WriteEscaped(text, help);
            else
                text.Write(help.Replace("\\", "\\\\").Replace("\n", "\\n").Replace("\0", "\uFFFD"));
            text.Write((byte)'\n');
        }
        return text.Written.ToArray();
    }
}

/// <summary>One instrument's aggregation, and what is the same in all its lines.</summary>
/// <param name="Metric">OpenTelemetry's.</param>
/// <param name="Scope">Labels of its meter, without braces; may be empty.</param>
internal sealed record MetricStream(Metric Metric, byte[] Scope)
{
    /// <summary><c>le="0.5"</c> for each bound, made when first seen; the bounds of a stream never change.</summary>
    public byte[][] Bounds { get; set; } = [];

    /// <summary>Whether a series of it stands for all that found no place.</summary>
    public bool Overflows { get; set; }
    public bool OverflowSaid { get; set; }
}
