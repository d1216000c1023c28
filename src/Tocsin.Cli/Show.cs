using System.Text.Json;
using Spectre.Console;

namespace Tocsin.Cli;

/// <summary>Prints answers: tables for people, JSON as it came for machines.</summary>
internal static class Show
{
    public static void Json(JsonElement value) => Console.WriteLine(value.GetRawText());

    /// <summary>A borderless table that does not wrap into nonsense when piped.</summary>
    public static Table Table(params string[] columns)
    {
        var table = new Table().Border(TableBorder.None);
        foreach (string column in columns)
            table.AddColumn(new TableColumn($"[grey]{column}[/]").NoWrap());
        table.Columns[^1].NoWrap = false;
        return table;
    }

    /// <summary>Piped output gets no colours and no wrapping at a terminal's width.</summary>
    public static void PrepareForPipes()
    {
        if (!Console.IsOutputRedirected)
            return;
        AnsiConsole.Profile.Capabilities.Ansi = false;
        AnsiConsole.Profile.Capabilities.ColorSystem = ColorSystem.NoColors;
        AnsiConsole.Profile.Width = 400;
    }

    public static string Text(JsonElement item, string name) =>
        item.TryGetProperty(name, out JsonElement value)
            ? value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetRawText()
            : "";

    public static string Cell(JsonElement item, string name) => Safe(Text(item, name));

    /// <summary>Data is never markup, and control characters never reach the terminal.</summary>
    public static string Safe(string text) =>
        Markup.Escape(string.Create(text.Length, text, static (to, from) =>
        {
            for (int i = 0; i < from.Length; i++)
                to[i] = char.IsControl(from[i]) ? ' ' : from[i];
        }));

    public static string Level(string level) => level switch
    {
        "fatal" => "[magenta]FATAL[/]",
        "error" => "[red]ERROR[/]",
        "warn" => "[yellow]WARN [/]",
        "info" => "[blue]INFO [/]",
        "debug" => "[grey]DEBUG[/]",
        "trace" => "[grey]TRACE[/]",
        _ => "[grey]  -  [/]",
    };

    public static string Priority(string priority) => priority switch
    {
        "CRITICAL" => "[magenta]CRITICAL[/]",
        "HIGH" => "[red]HIGH[/]",
        "MEDIUM" => "[yellow]MEDIUM[/]",
        _ => Safe(priority),
    };

    public static string Ago(string iso) =>
        DateTimeOffset.TryParse(iso, out DateTimeOffset time) ? Ago(DateTimeOffset.UtcNow - time) : "";

    private static string Ago(TimeSpan age) => age switch
    {
        { TotalSeconds: < 60 } => $"{Math.Max(0, (int)age.TotalSeconds)}s ago",
        { TotalMinutes: < 60 } => $"{(int)age.TotalMinutes}m ago",
        { TotalHours: < 48 } => $"{(int)age.TotalHours}h ago",
        _ => $"{(int)age.TotalDays}d ago",
    };

    /// <summary>Nanoseconds since the epoch to local wall time with milliseconds.</summary>
    public static string Time(string unixNanos) => long.TryParse(unixNanos, out long nanos)
        ? DateTimeOffset.FromUnixTimeMilliseconds(nanos / 1_000_000).ToLocalTime().ToString("yyyy-MM-dd HH:mm:ss.fff")
        : "";
}
