using System.Globalization;
using System.Text;

namespace SegLossBias;

/// <summary>The tables of <see cref="RegionSizeDiagnostics"/>. A letter with a combining hat has two characters and one column.</summary>
internal static class DiagnosticsText
{
    internal static string Of(IReadOnlyList<SizeBin> sizes, IReadOnlyList<TermGradient> gradients, IReadOnlyList<string> regions)
    {
        var text = new StringBuilder();
        text.AppendLine($"{"region",-8} {"true size",-16} {"images",7} {"ŷ",8} {"p̂",8} {"p̂−ŷ",9} {"|p̂−ŷ|",9} {"(p̂−ŷ)/ŷ",9}");
        foreach (var bin in sizes)
        {
            var range = bin.Most == 0 ? "absent" : Invariant($"({bin.Above:0.####}, {bin.Most:0.####}]");
            var relative = double.IsNaN(bin.RelativeError) ? "–" : Invariant($"{bin.RelativeError:+0.0%;-0.0%}");
            text.AppendLine(Invariant($"{bin.Region,-8} {range,-16} {bin.Images,7} {bin.TrueProportion,8:0.0000} {bin.PredictedProportion,7:0.0000} {bin.SignedError,8:+0.0000;-0.0000} {bin.AbsoluteError,8:0.0000} {relative,8}"));
        }

        if (gradients.Count > 0)
        {
            text.AppendLine().AppendLine($"{"gradient",-12} {"norm",10} {"share",7}   of it in {string.Join(" ", regions.Select(name => $"{name,7}"))}");
            foreach (var term in gradients)
            {
                text.AppendLine(Invariant($"{term.Term,-12} {term.Norm,10:0.###e+0} {term.Share,7:0.0%}            {string.Join(" ", term.Regions.Select(share => Invariant($"{share,7:0.0%}")))}"));
            }
        }

        return text.ToString().TrimEnd();
    }

    private static string Invariant(FormattableString line) => line.ToString(CultureInfo.InvariantCulture);
}
