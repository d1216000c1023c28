using System.Collections;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Primitives;
using TocsinSdk.Runs;

namespace TocsinSdk.Configuration;

/// <summary>Where the settings of this process come from, read again when the configuration changes.</summary>
internal sealed class SettingsSource
{
    private readonly Action<TocsinOptions>? _configure;
    private readonly Settings.Surroundings _around;
    private string? _told;

    public SettingsSource(Action<TocsinOptions>? configure, Settings.Surroundings around)
    {
        (_configure, _around) = (configure, around);
        First = Settings.Resolve(configure, around);
    }

    public Settings First { get; }

    /// <summary>Sources of a process without a host.</summary>
    public static Settings.Surroundings OfProcess()
    {
        var yaml = YamlFile.Find(
            Environment.GetEnvironmentVariable, TimeProvider.System, AppContext.BaseDirectory);
        var configuration = new ConfigurationBuilder();
        if (yaml is not null)
            configuration.Add(yaml);
        return new Settings.Surroundings(Variables(), configuration.Build(), yaml);
    }

    public static Dictionary<string, string> Variables()
    {
        var variables = new Dictionary<string, string>();
        foreach (DictionaryEntry variable in Environment.GetEnvironmentVariables())
            variables[(string)variable.Key] = (string?)variable.Value ?? "";
        return variables;
    }

    /// <summary>Tells the process of changes from now on.</summary>
    public void Watch(ProcessRun run) =>
        ChangeToken.OnChange(_around.Configuration.GetReloadToken, () => Reload(run));

    private void Reload(ProcessRun run)
    {
        try
        {
            var settings = Settings.Resolve(_configure, _around, run.Settings.Values, out var pinned);
            run.Apply(settings);
            Tell(pinned.Count == 0
                ? null : $"tocsin: takes effect at the next start: {string.Join(", ", pinned)}");
        }
        catch (ArgumentException e)
        {
            Tell("tocsin: nothing changed: " + e.Message);
        }
    }

    private void Tell(string? line)
    {
        if (line is not null && line != _told)
            Console.Error.WriteLine(line);
        _told = line;
    }
}
