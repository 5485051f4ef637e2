using System.Security.Cryptography;
using System.Text;

namespace SegLossBias.Experiments.Data;

/// <summary>Tells whether two runs had the same data, wherever its files were.</summary>
internal static class DataFingerprint
{
    private const int HashBytes = 8;

    /// <summary>
    /// The number of cases and a hash: of the classes, and of the set, name, group and labels of every case. Images are not
    /// part of it.
    /// </summary>
    public static string Of(CaseSplits data)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        void Add(params IEnumerable<string> parts) => hash.AppendData(Encoding.UTF8.GetBytes(string.Join('\0', parts) + "\n"));
        Add(data.Classes);
        foreach (var (set, cases) in new[] { ("train", data.Train), ("validation", data.Validation), ("test", data.Test) })
        {
            foreach (var item in cases)
            {
                Add(set, item.Name, item.Group ?? "", string.Join('×', item.Space));
                using var labels = item.Labels.contiguous();
                hash.AppendData(labels.bytes);
            }
        }

        return FormattableString.Invariant($"{data.Train.Count} to train, {data.Validation.Count} to validate, {data.Test.Count} to test; ")
            + Convert.ToHexStringLower(hash.GetHashAndReset().AsSpan(0, HashBytes));
    }
}
