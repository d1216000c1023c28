using System.CommandLine;
using System.Text.Json;
using Spectre.Console;

namespace Tocsin.Cli;

/// <summary>`tocsin views`: the saved views; exits 1 when there is none.</summary>
internal static class ViewsVerb
{
    public static Command Create()
    {
        var command = new Command("views", "List the saved views; 'tocsin logs --view NAME' runs one");
        ApiClient.Attach(command, async (parsed, api, cancel) =>
        {
            JsonElement found = await api.Get("views", cancel);
            JsonElement items = found.GetProperty("items");
            if (parsed.GetValue(ApiClient.Json))
                Show.Json(found);
            else
                Print(items);
            return items.GetArrayLength() > 0 ? ExitCode.Ok : ExitCode.No;
        });
        return command;
    }

    /// <summary>The view of that name, whatever its case; else an <see cref="ApiException"/> that says which there are.</summary>
    public static async Task<JsonElement> Find(ApiClient api, string name, CancellationToken cancel)
    {
        JsonElement[] items = [.. (await api.Get("views", cancel)).GetProperty("items").EnumerateArray()];
        JsonElement found = items.FirstOrDefault(v => Show.Text(v, "name").Equals(name, StringComparison.OrdinalIgnoreCase));
        if (found.ValueKind == JsonValueKind.Object)
            return found;
        string others = items.Length == 0 ? "none is saved" : $"there are: {string.Join(", ", items.Take(20).Select(v => Show.Text(v, "name")))}";
        throw new ApiException($"no view is named '{name}'; {others}");
    }

    private static void Print(JsonElement items)
    {
        Table table = Show.Table("name", "range", "query");
        foreach (JsonElement view in items.EnumerateArray())
        {
            string from = Show.Text(view, "from"), to = Show.Text(view, "to");
            table.AddRow(Show.Cell(view, "name"), Show.Safe(from + to == "" ? "" : $"{from} {to}".Trim()), Show.Cell(view, "query"));
        }
        if (items.GetArrayLength() > 0)
            AnsiConsole.Write(table);
        else
            Console.Error.WriteLine("tocsin: no view is saved; the Logs page of the web page saves them");
    }
}
