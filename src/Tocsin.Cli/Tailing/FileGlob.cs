using Microsoft.Extensions.FileSystemGlobbing;

namespace Tocsin.Cli.Tailing;

/// <summary>A path, or a pattern with * and ** that is looked at again and again. Packed files are left out.</summary>
internal sealed class FileGlob
{
    private static readonly string[] s_packed = [".gz", ".xz", ".zst", ".bz2", ".zip"];
    private readonly string _path;
    private readonly Matcher? _matcher;

    public FileGlob(string pattern)
    {
        _path = Path.GetFullPath(pattern);
        int star = _path.IndexOf('*');
        if (star < 0)
            return;
        int slash = _path.LastIndexOf(Path.DirectorySeparatorChar, star);
        _matcher = new Matcher(StringComparison.Ordinal);
        _matcher.AddInclude(_path[(slash + 1)..]);
        _path = slash == 0 ? "/" : _path[..slash];
    }

    public IEnumerable<string> Files()
    {
        if (_matcher is null)
            return File.Exists(_path) ? [_path] : [];
        if (!Directory.Exists(_path))
            return [];
        return _matcher.GetResultsInFullPath(_path).Where(f => !s_packed.Contains(Path.GetExtension(f))).Order(StringComparer.Ordinal);
    }
}
