using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;

namespace SegLossBias.Tests.Rooms;

/// <summary>The room of each type: the first folder below src/SegLossBias of the file that declares it, as the symbols say.</summary>
internal static class SourceRooms
{
    private const string Root = "/src/SegLossBias/";

    /// <summary>The custom debug information that names the files of types without methods.</summary>
    private static readonly Guid TypeDefinitionDocuments = new("932E74BC-DBA9-4478-8D46-0F32A7BAB3D3");

    /// <summary>The rooms by the metadata token of the type; "" for a file at the root. Types that the compiler makes have none.</summary>
    /// <param name="assembly">Beside its symbols.</param>
    internal static Dictionary<int, string> Of(string assembly)
    {
        using var image = new PEReader(File.OpenRead(assembly));
        using var pdb = Symbols(assembly);
        var (types, symbols) = (image.GetMetadataReader(), pdb.GetMetadataReader());
        var rooms = new Dictionary<int, string>();
        foreach (var handle in types.TypeDefinitions)
        {
            var found = Documents(types.GetTypeDefinition(handle), handle, symbols).Select(document => RoomOf(symbols, document)).OfType<string>().Distinct().ToArray();
            if (found.Length > 1)
            {
                throw new InvalidOperationException($"the parts of {types.GetString(types.GetTypeDefinition(handle).Name)} lie in several rooms, {string.Join(" and ", found)}; put them into one folder.");
            }

            if (found is [var room])
            {
                rooms.Add(MetadataTokens.GetToken(handle), room);
            }
        }

        return rooms;
    }

    /// <summary>The names of the files of a room.</summary>
    /// <param name="assembly">Beside its symbols.</param>
    /// <param name="room">Its folder.</param>
    internal static IReadOnlyList<string> Files(string assembly, string room)
    {
        using var pdb = Symbols(assembly);
        var symbols = pdb.GetMetadataReader();
        return [.. symbols.Documents.Where(document => RoomOf(symbols, document) == room).Select(document => PathOf(symbols, document).Split('/')[^1])];
    }

    private static MetadataReaderProvider Symbols(string assembly) =>
        MetadataReaderProvider.FromPortablePdbStream(File.OpenRead(Path.ChangeExtension(assembly, ".pdb")));

    private static IEnumerable<DocumentHandle> Documents(TypeDefinition type, TypeDefinitionHandle handle, MetadataReader symbols)
    {
        foreach (var method in type.GetMethods())
        {
            var information = symbols.GetMethodDebugInformation(method.ToDebugInformationHandle());
            if (!information.Document.IsNil)
            {
                yield return information.Document;
            }
            else if (!information.SequencePointsBlob.IsNil)
            {
                foreach (var point in information.GetSequencePoints())
                {
                    yield return point.Document;
                }
            }
        }

        foreach (var custom in symbols.GetCustomDebugInformation(handle).Select(symbols.GetCustomDebugInformation))
        {
            if (symbols.GetGuid(custom.Kind) == TypeDefinitionDocuments)
            {
                var blob = symbols.GetBlobReader(custom.Value);
                while (blob.RemainingBytes > 0)
                {
                    yield return MetadataTokens.DocumentHandle(blob.ReadCompressedInteger());
                }
            }
        }
    }

    /// <summary>Null for a file that a generator wrote.</summary>
    private static string? RoomOf(MetadataReader symbols, DocumentHandle document)
    {
        var path = PathOf(symbols, document);
        var start = path.LastIndexOf(Root, StringComparison.Ordinal);
        var folders = start < 0 ? ["obj"] : path[(start + Root.Length)..].Split('/');
        return folders[0] == "obj" ? null : folders.Length == 1 ? "" : folders[0];
    }

    private static string PathOf(MetadataReader symbols, DocumentHandle document) =>
        symbols.GetString(symbols.GetDocument(document).Name).Replace('\\', '/');
}
