using System.Xml.Linq;

namespace Tocsin.Tidy;

/// <summary>Who may reference whom. A reference goes down a row or right along an arrow; never up, never left.</summary>
public sealed class References
{
    private static readonly Dictionary<string, string[]> s_allowed = new()
    {
        ["Tocsin.Model"] = [],
        ["Tocsin.Storage"] = ["Model"],
        ["Tocsin.Catalog"] = ["Model"],
        ["Tocsin.Diagnosis"] = ["Model"],
        ["Tocsin.Channels"] = ["Model"],
        ["Tocsin.Query"] = ["Storage", "Model"],
        ["Tocsin.Ingest"] = ["Storage", "Model"],
        ["Tocsin.Alerting"] = ["Channels", "Catalog", "Query", "Model"],
        ["Tocsin.Crashes"] = ["Alerting", "Diagnosis", "Ingest", "Catalog", "Query", "Model"],
        ["Tocsin.Protocols"] = ["Ingest", "Query", "Crashes", "Alerting", "Model"],
        ["Tocsin.Server"] = ["Protocols", "Crashes", "Alerting", "Channels", "Diagnosis", "Ingest", "Query", "Storage", "Catalog", "Model"],
        ["Tocsin.Cli"] = ["Server"],
        ["Tocsin.Sdk"] = ["Sdk.Generators"],
        ["Tocsin.Sdk.Generators"] = [],
        ["Tocsin.Sdk.AI"] = ["Sdk"],
        ["Tocsin.Sdk.AspNetCore"] = ["Sdk"],
    };

    [Fact]
    public void Every_project_references_only_what_its_row_allows()
    {
        var wrong = new List<string>();
        foreach (string file in Tree.Files.Where(f => f.EndsWith(".csproj", StringComparison.Ordinal) && (f.StartsWith("src/") || f.StartsWith("sdk/"))))
        {
            string project = Path.GetFileNameWithoutExtension(file);
            if (!s_allowed.TryGetValue(project, out string[]? allowed))
            {
                wrong.Add($"{project} has no row in the table of allowed references");
                continue;
            }
            foreach (string target in ReferencesOf(file).Where(t => !allowed.Contains(t.Replace("Tocsin.", ""))))
                wrong.Add($"{project} must not reference {target}");
        }
        wrong.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("src/Tocsin.Model")]
    [InlineData("src/Tocsin.Storage")]
    [InlineData("src/Tocsin.Query")]
    [InlineData("src/Tocsin.Ingest")]
    [InlineData("src/Tocsin.Diagnosis")]
    public void The_kernel_needs_no_framework_and_no_package(string folder)
    {
        string project = Tree.Under(folder, ".csproj").ShouldHaveSingleItem();
        XDocument.Parse(Tree.Read(project)).Descendants()
            .Where(e => e.Name.LocalName is "PackageReference" or "FrameworkReference")
            .Select(e => (string?)e.Attribute("Include")).ShouldBeEmpty();
    }

    [Fact]
    public void A_protocol_never_names_a_sibling()
    {
        string[] protocols = [.. Lists.Folders("src/Tocsin.Protocols").Where(f => f != "Shared")];
        var wrong = new List<string>();
        foreach (string protocol in protocols.Append("Shared"))
        {
            foreach (string file in Tree.Under($"src/Tocsin.Protocols/{protocol}/", ".cs"))
            {
                foreach (string sibling in protocols.Where(p => p != protocol && Tree.Read(file).Contains($"Tocsin.Protocols.{p}")))
                    wrong.Add($"{file} names {sibling}");
            }
        }
        wrong.ShouldBeEmpty();
    }

    [Fact]
    public void A_web_feature_imports_no_other_feature_and_shared_imports_none()
    {
        var wrong = new List<string>();
        foreach (string file in Tree.Files.Where(f => f.StartsWith("web/src/") && (f.EndsWith(".ts") || f.EndsWith(".tsx"))))
        {
            string[] parts = file.Split('/');
            string own = parts[2] == "features" ? parts[3] : "";
            if (parts[2] is not ("features" or "shared"))
                continue;
            foreach (string line in Tree.Read(file).Split('\n').Where(l => l.Contains(" from ") || l.Contains("import(")))
            {
                int at = line.IndexOf("features/", StringComparison.Ordinal);
                bool crossesOver = at >= 0 && (own.Length == 0 || !line[(at + 9)..].StartsWith(own + "/", StringComparison.Ordinal));
                bool climbsOut = own.Length > 0 && line.Contains("'../") && Lists.Folders("web/src/features").Any(f => f != own && line.Contains($"'../{f}/"));
                if (crossesOver || climbsOut)
                    wrong.Add($"{file}: {line.Trim()}");
            }
        }
        wrong.ShouldBeEmpty();
    }

    [Fact]
    public void Every_project_is_in_the_solution()
    {
        string solution = Tree.Read("Tocsin.slnx");
        Tree.Files.Where(f => f.EndsWith(".csproj", StringComparison.Ordinal))
            .Where(f => !f.StartsWith("templates/Tocsin.Templates/content/", StringComparison.Ordinal)) // built by whoever asks for one
            .Where(f => !solution.Contains($"\"{f}\"")).ShouldBeEmpty();
    }

    private static IEnumerable<string> ReferencesOf(string project) =>
        XDocument.Parse(Tree.Read(project)).Descendants("ProjectReference")
            .Select(r => Path.GetFileNameWithoutExtension(((string)r.Attribute("Include")!).Replace('\\', '/')));
}
