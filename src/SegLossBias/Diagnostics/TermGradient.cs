namespace SegLossBias;

/// <summary>How strongly a term pulls at the logits, and where; see <see cref="RegionSizeDiagnostics"/>.</summary>
/// <param name="Term">The name of the term; <c>all</c> for the whole loss.</param>
/// <param name="Norm">‖∂(λ·term)/∂z‖₂, the root of the mean of its square over the batches.</param>
/// <param name="Share">The norm over the sum of the norms of all terms, 0 to 1. The whole loss may have less than 1, where terms pull against each other.</param>
/// <param name="Regions">For each region the share of the squared norm that its pixels have, 0 to 1; together 1, or 0 without a gradient.</param>
public sealed record TermGradient(string Term, double Norm, double Share, IReadOnlyList<double> Regions);
