using System.Text.RegularExpressions;

namespace Tocsin.Tidy;

/// <summary>One more protocol, channel or verb is one folder or file plus one line in its one visible list.</summary>
public sealed partial class Lists
{
    internal static IEnumerable<string> Folders(string folder) =>
        Tree.Files.Where(f => f.StartsWith(folder + "/", StringComparison.Ordinal))
            .Select(f => f[(folder.Length + 1)..]).Where(f => f.Contains('/')).Select(f => f[..f.IndexOf('/')]).Distinct();

    [Fact]
    public void Every_protocol_folder_is_listed_and_has_a_guide_page()
    {
        string list = Tree.Read("src/Tocsin.Protocols/Protocols.cs");
        foreach (string protocol in Folders("src/Tocsin.Protocols").Where(f => f != "Shared"))
        {
            list.ShouldContain($"{protocol}Protocol", customMessage: $"{protocol} is missing in Protocols.cs");
            Tree.Exists($"docs/guide/protocols/{protocol.ToLowerInvariant()}.md").ShouldBeTrue($"docs/guide/protocols has no page for {protocol}");
        }
    }

    [Fact]
    public void Every_channel_file_is_listed_and_has_a_guide_page()
    {
        string list = Tree.Read("src/Tocsin.Channels/ChannelKinds.cs");
        string[] channels = [.. Tree.Under("src/Tocsin.Channels/", ".cs")
            .SelectMany(file => ChannelClass().Matches(Tree.Read(file)).Select(m => m.Groups[1].Value)).Where(n => n != "HttpChannel")];
        channels.Length.ShouldBeGreaterThan(2);
        foreach (string channel in channels)
        {
            list.ShouldContain(channel, customMessage: $"{channel} is missing in ChannelKinds.cs");
            string kind = channel.Replace("Channel", "").ToLowerInvariant();
            Tree.Exists($"docs/guide/channels/{kind}.md").ShouldBeTrue($"docs/guide/channels has no page for {channel}");
        }
    }

    [Fact]
    public void Every_pipe_of_the_query_language_is_listed_and_in_the_guide()
    {
        string list = Tree.Read("src/Tocsin.Query/Pipes/PipeTable.cs"), guide = Tree.Read("docs/guide/query.md");
        foreach (string pipe in Tree.Under("src/Tocsin.Query/Pipes/", "Pipe.cs").Select(f => Path.GetFileNameWithoutExtension(f)).Where(n => n != "Pipe"))
        {
            list.ShouldContain($"{pipe}.Parse", customMessage: $"{pipe} is missing in PipeTable.cs");
            guide.ShouldContain($"### {pipe.Replace("Pipe", "").ToLowerInvariant()}", customMessage: $"{pipe} is missing in docs/guide/query.md");
        }
    }

    [Fact]
    public void Every_verb_is_listed()
    {
        string list = Tree.Read("src/Tocsin.Cli/Program.cs");
        foreach (string verb in Tree.Under("src/Tocsin.Cli/", "Verb.cs").Select(f => Path.GetFileNameWithoutExtension(f)))
            list.ShouldContain($"{verb}.", customMessage: $"{verb} is missing in Program.cs");
    }

    [Fact]
    public void Every_web_feature_has_its_line_in_the_routes()
    {
        string routes = Tree.Read("web/src/routes.tsx");
        foreach (string feature in Folders("web/src/features"))
            routes.ShouldContain($"features/{feature}/", customMessage: $"{feature} is missing in routes.tsx");
    }

    [Fact]
    public void Every_package_has_its_reason()
    {
        string reasons = Tree.Read("docs/decisions/0002-dependencies.md");
        foreach (Match package in PackageVersion().Matches(Tree.Read("Directory.Packages.props")))
            reasons.ShouldContain($"`{package.Groups[1].Value}`");
        using var web = System.Text.Json.JsonDocument.Parse(Tree.Read("web/package.json"));
        foreach (string section in new[] { "dependencies", "devDependencies" })
        {
            foreach (System.Text.Json.JsonProperty package in web.RootElement.GetProperty(section).EnumerateObject())
                reasons.ShouldContain($"`{package.Name}`");
        }
    }

    [GeneratedRegex(@"class (\w+Channel)\b[^\n]*: (?:Http)?Channel\b")]
    private static partial Regex ChannelClass();

    [GeneratedRegex("PackageVersion Include=\"([^\"]+)\"")]
    private static partial Regex PackageVersion();
}
