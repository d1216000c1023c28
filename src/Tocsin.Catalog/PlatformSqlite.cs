using System.Reflection;
using System.Runtime.InteropServices;
using SQLitePCL;

namespace Tocsin.Catalog;

/// <summary>
/// Binds the SQLite provider to the platform's own library, so that security fixes of SQLite arrive with the
/// platform's updates and no copy of it ships with Tocsin.
/// </summary>
internal static class PlatformSqlite
{
    private const string BundledName = "e_sqlite3";
    private static readonly Lazy<bool> s_bound = new(Bind);

    /// <exception cref="CatalogOpenException">The platform has no SQLite library.</exception>
    public static void Use() => _ = s_bound.Value;

    private static bool Bind()
    {
        nint library = Load(LibraryNames());
        NativeLibrary.SetDllImportResolver(typeof(SQLite3Provider_e_sqlite3).Assembly, (name, _, _) =>
            name == BundledName ? library : nint.Zero);
        raw.SetProvider(new SQLite3Provider_e_sqlite3());
        raw.FreezeProvider();
        return true;
    }

    internal static nint Load(IReadOnlyList<string> names)
    {
        foreach (string name in names)
        {
            if (NativeLibrary.TryLoad(name, Assembly.GetExecutingAssembly(), null, out nint library))
                return library;
        }
        throw new CatalogOpenException(
            $"The SQLite library ({string.Join(" or ", names)}) is not installed. " +
            "On Debian and Ubuntu: apt-get install libsqlite3-0.");
    }

    private static string[] LibraryNames() =>
        OperatingSystem.IsWindows() ? ["winsqlite3.dll"]
        : OperatingSystem.IsMacOS() ? ["/usr/lib/libsqlite3.dylib"]
        : ["libsqlite3.so.0"];
}
