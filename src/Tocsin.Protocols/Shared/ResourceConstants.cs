using System.Text;
using Microsoft.AspNetCore.Http;

namespace Tocsin.Protocols.Shared;

/// <summary>Fields that a request says about all its records: ?resource.service.name=shop&amp;resource.host.name=box.</summary>
internal static class ResourceConstants
{
    private const string Prefix = "resource.";
    private const int Most = 32;

    public static IReadOnlyList<(byte[] Name, byte[] Value)> Read(IQueryCollection query) =>
    [
        .. query.Where(q => q.Key.Length > Prefix.Length && q.Key.StartsWith(Prefix, StringComparison.Ordinal)).Take(Most)
            .Select(q => (Encoding.UTF8.GetBytes(q.Key[Prefix.Length..]), Encoding.UTF8.GetBytes(q.Value.ToString()))),
    ];
}
