using System.Collections.Frozen;
using System.Reflection;

namespace Tocsin.Server.Web;

/// <summary>The built page as it is embedded in an assembly: paths below web/dist, read once.</summary>
internal sealed class WebAssets
{
    private const string Prefix = "web/";
    private readonly FrozenDictionary<string, WebAsset> _files;

    private WebAssets(FrozenDictionary<string, WebAsset> files) => _files = files;

    /// <summary>Null when no file has the path.</summary>
    public WebAsset? Find(string path) => _files.GetValueOrDefault(path);

    public static WebAssets Of(Assembly assembly)
    {
        var bytes = assembly.GetManifestResourceNames()
            .Where(name => name.StartsWith(Prefix, StringComparison.Ordinal))
            .ToDictionary(name => name[Prefix.Length..], name => Read(assembly, name));
        return new WebAssets(bytes.Where(file => !IsCompressed(file.Key)).ToFrozenDictionary(
            file => file.Key,
            file => new WebAsset(
                ContentType(file.Key), file.Value,
                bytes.GetValueOrDefault(file.Key + ".br"), bytes.GetValueOrDefault(file.Key + ".gz"))));
    }

    private static bool IsCompressed(string path) =>
        path.EndsWith(".br", StringComparison.Ordinal) || path.EndsWith(".gz", StringComparison.Ordinal);

    private static byte[] Read(Assembly assembly, string name)
    {
        using Stream stream = assembly.GetManifestResourceStream(name)!;
        byte[] bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }

    private static string ContentType(string path) => Path.GetExtension(path) switch
    {
        ".html" => "text/html; charset=utf-8",
        ".js" => "text/javascript; charset=utf-8",
        ".css" => "text/css; charset=utf-8",
        ".svg" => "image/svg+xml",
        ".json" => "application/json",
        ".woff2" => "font/woff2",
        ".png" => "image/png",
        _ => "application/octet-stream",
    };
}
