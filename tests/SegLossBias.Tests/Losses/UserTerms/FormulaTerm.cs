namespace SegLossBias.Tests.Losses;

/// <summary>The formula that it is given.</summary>
internal sealed class FormulaTerm(Func<Regions, Formula> formula) : RegionTerm("Formula")
{
    protected override LossFormula Define(Regions regions) => formula(regions);
}
