using Microsoft.Extensions.Configuration;
using TocsinSdk.Runs;

namespace TocsinSdk.Tests.Support;

/// <summary>Surroundings of settings that say only what a test says.</summary>
internal static class Around
{
    public static Settings.Surroundings Nothing { get; } = With([]);

    public static Settings.Surroundings With(
        Dictionary<string, string> variables, Dictionary<string, string>? configuration = null) =>
        new(variables, new ConfigurationBuilder().AddInMemoryCollection(configuration!).Build(), Yaml: null);
}
