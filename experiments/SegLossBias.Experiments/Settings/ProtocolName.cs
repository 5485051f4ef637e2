namespace SegLossBias.Experiments.Settings;

internal enum ProtocolName
{
    Quick,
    PaperPolyp,
    PaperRetinal,
    PaperCityscapes,
    Paper3d,
}
