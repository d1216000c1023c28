using System.Text.Json;

namespace Tocsin.Bench.Logs;

/// <summary>A measured figure beside what others need for the same.</summary>
/// <param name="Wrong">Why it does not count, however small it is.</param>
internal sealed record LogsFigure(
    string Name, double? Value, string Unit, double? AtMost = null, double? AtLeast = null,
    double? VictoriaLogs = null, double? ClickHouse = null, double? Tempo = null, string? Wrong = null)
{
    public bool? Met => Wrong is not null ? false : AtMost is { } most ? Value <= most : AtLeast is { } least ? Value >= least : null;
}

/// <summary>Prints the figures in columns or as JSON.</summary>
internal static class LogsReport
{
    private static readonly int[] s_widths = [-42, 21, 21, 8, 14, 12, 9];

    public static IEnumerable<LogsFigure> Of(LogTiming timing, bool cold)
    {
        LogCase one = timing.Case;
        bool trace = double.IsNaN(one.ClickHouse.Warm);
        double? Peer(double value, bool isTempo) => double.IsNaN(value) || isTempo != trace ? null : value;
        yield return new LogsFigure(one.Name + ", warm", Round(timing.Warm), "ms", one.AtMost, null,
            Peer(one.VictoriaLogs.Warm, false), Peer(one.ClickHouse.Warm, false), Peer(one.VictoriaLogs.Warm, true), timing.Wrong);
        double better = trace ? one.VictoriaLogs.Cold : Math.Min(one.VictoriaLogs.Cold, one.ClickHouse.Cold);
        if (cold)
            yield return new LogsFigure(one.Name + ", cold", Round(timing.Cold), "ms", better, null,
                Peer(one.VictoriaLogs.Cold, false), Peer(one.ClickHouse.Cold, false), Peer(one.VictoriaLogs.Cold, true), timing.Wrong);
    }

    public static int Print(int records, int spans, IReadOnlyList<LogsFigure> figures, bool json)
    {
        if (json)
        {
            Console.WriteLine(JsonSerializer.Serialize(new
            {
                bench = "logs", records, spans, cores = Environment.ProcessorCount,
                figures = figures.Select(f => new
                {
                    name = f.Name, value = f.Value, unit = f.Unit, atMost = f.AtMost, atLeast = f.AtLeast, met = f.Met,
                    victoriaLogs = f.VictoriaLogs, clickHouse = f.ClickHouse, tempo = f.Tempo, wrong = f.Wrong,
                }),
            }));
        }
        else
        {
            Line($"logs, {records:#,0} records", "measured", "target", "", "VictoriaLogs", "ClickHouse", "Tempo");
            foreach (LogsFigure f in figures)
            {
                string target = f.AtMost is { } most ? $"≤ {most:#,0.###} {f.Unit}"
                    : f.AtLeast is { } least ? $"≥ {least:#,0.###} {f.Unit}" : "";
                string met = f.Met switch { true => "met", false => "MISSED", _ => "" };
                Line(f.Name, f.Value is { } value ? $"{value:#,0.##} {f.Unit}" : "-", target, met,
                    $"{f.VictoriaLogs}", $"{f.ClickHouse}", $"{f.Tempo}");
                if (f.Wrong is not null)
                    Console.WriteLine($"    {f.Wrong}");
            }
            if (records != LogsSuite.Records)
                Console.WriteLine($"Targets and peers' figures are those for {LogsSuite.Records:#,0} records.");
            Console.WriteLine($"{figures.Count(f => f.Met == true)} met, {figures.Count(f => f.Met == false)} missed");
        }
        return figures.All(f => f.Met != false) ? 0 : 1;
    }

    private static double? Round(double? value) => value is { } v ? Math.Round(v, 2) : null;

    private static void Line(params string[] cells) => Console.WriteLine(
        string.Concat(cells.Select((c, i) => s_widths[i] < 0 ? c.PadRight(-s_widths[i]) : c.PadLeft(s_widths[i]))).TrimEnd());
}
