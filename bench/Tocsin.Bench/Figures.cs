using System.Text.Json;
using Spectre.Console;

namespace Tocsin.Bench;

/// <summary>One measured figure, with its target when there is one.</summary>
internal sealed record Figure(string Name, double Value, string Unit, double? AtMost = null, double? AtLeast = null)
{
    public bool? Met => AtMost is { } most ? Value <= most : AtLeast is { } least ? Value >= least : null;
}

/// <summary>Prints figures as a table or as JSON; the exit code says whether all targets were met.</summary>
internal static class Figures
{
    public static int Print(string title, IReadOnlyList<Figure> figures, bool json)
    {
        if (json)
        {
            Console.WriteLine(JsonSerializer.Serialize(new
            {
                bench = title,
                cores = Environment.ProcessorCount,
                figures = figures.Select(f => new { name = f.Name, value = Math.Round(f.Value, 3), unit = f.Unit, atMost = f.AtMost, atLeast = f.AtLeast, met = f.Met }),
            }));
        }
        else
        {
            Table table = new Table().Border(TableBorder.None).AddColumns(title, "measured", "target", "");
            foreach (Figure f in figures)
            {
                string target = f.AtMost is { } most ? $"≤ {most:#,0.###} {f.Unit}" : f.AtLeast is { } least ? $"≥ {least:#,0.###} {f.Unit}" : "";
                table.AddRow(f.Name, $"{f.Value:#,0.###} {f.Unit}", target, f.Met switch { true => "met", false => "[red]MISSED[/]", _ => "" });
            }
            AnsiConsole.Write(table);
        }
        return figures.All(f => f.Met != false) ? 0 : 1;
    }

    public static double Percentile(IEnumerable<double> values, double p)
    {
        double[] sorted = [.. values.Order()];
        return sorted.Length == 0 ? double.NaN : sorted[Math.Min(sorted.Length - 1, (int)Math.Ceiling(p / 100 * sorted.Length) - 1)];
    }
}
