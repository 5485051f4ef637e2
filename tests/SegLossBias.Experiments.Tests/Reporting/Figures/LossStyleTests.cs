namespace SegLossBias.Experiments.Tests.Reporting.Figures;

public class LossStyleTests
{
    private static readonly string[] Lambdas = ["0.01", "0.03", "0.1", "0.3", "1", "3"];

    [Fact]
    public void TwelveLosses_HaveTwelveColoursAndMarkers()
    {
        var styles = LossStyle.For([.. LossFactory.Names.Take(12).Select(LossSpec.Parse)]);
        styles.Select(style => style.Colour.ToHex()).Should().OnlyHaveUniqueItems().And.HaveCount(12);
        styles.Select(style => style.Marker).Should().OnlyHaveUniqueItems();
    }

    [Fact]
    public void AGrid_HasOneMarkerPerNameAndShadesThatDarken()
    {
        string[] names = ["DiceCE", "LogDiceCE", "DBCE", "RCE(KL)", "RCE(L1)"];
        var styles = LossStyle.For([.. names.SelectMany(name => Lambdas.Select(lambda => LossSpec.Parse($"{name}:lambda={lambda}")))]);
        styles.Select(style => style.Colour.ToHex()).Should().OnlyHaveUniqueItems();
        foreach (var family in styles.Chunk(Lambdas.Length))
        {
            family.Select(style => style.Marker).Distinct().Should().ContainSingle();
            family.Select(style => style.Colour.R + style.Colour.G + style.Colour.B).Should().BeInDescendingOrder();
        }

        styles.Select(style => style.Marker).Distinct().Should().HaveCount(names.Length);
    }
}
