"""Hand-made files in the publishers' formats, small enough to check by eye."""

MOVIELENS = {
    "ratings.csv": """\
userId,movieId,rating,timestamp
1,1,4.0,964982703
1,3,4.5,964981247
2,1,0.5,1445714994
""",
    "movies.csv": """\
movieId,title,genres
1,Toy Story (1995),Adventure|Animation|Children
3,"American President, The (1995)",Comedy
7,Death Note: Desu nôto (2006–2007),(no genres listed)
8,Babylon 5,Sci-Fi
""",
    "tags.csv": """\
userId,movieId,tag,timestamp
2,1,NA,1445714994
""",
    "links.csv": """\
movieId,imdbId,tmdbId
1,0114709,862
3,0112346,
""",
}

BANK_ROWS = [
    row.split()
    for row in (
        "age job marital education default balance housing loan contact day month duration "
        "campaign pdays previous poutcome y",
        "58 management married tertiary no 2143 yes no unknown 5 may 261 1 -1 0 unknown no",
        "33 admin. single unknown no -2 no yes cellular 30 jan 0 2 92 3 success yes",
    )
]


def bank_as_published():
    """Semicolons, words in quotes, numbers without."""
    quoted = [
        ";".join(cell if cell.lstrip("-").isdigit() else f'"{cell}"' for cell in row)
        for row in BANK_ROWS
    ]
    return "\n".join(quoted) + "\n"


def bank_as_copied():
    """Commas, no quotes, the last column called deposit."""
    header, *rows = BANK_ROWS
    return "\n".join(",".join(row) for row in [[*header[:-1], "deposit"], *rows]) + "\n"


TELCO = """\
customerID,gender,SeniorCitizen,Partner,Dependents,tenure,PhoneService,MultipleLines,\
InternetService,OnlineSecurity,OnlineBackup,DeviceProtection,TechSupport,StreamingTV,\
StreamingMovies,Contract,PaperlessBilling,PaymentMethod,MonthlyCharges,TotalCharges,Churn
7590-VHVEG,Female,0,Yes,No,1,No,No phone service,DSL,No,Yes,No,No,No,No,Month-to-month,Yes,\
Electronic check,29.85,29.85,No
4472-LVYGI,Male,1,Yes,Yes,0,Yes,No,No,No internet service,No internet service,\
No internet service,No internet service,No internet service,No internet service,Two year,Yes,\
Bank transfer (automatic),52.55, ,Yes
"""

ONLINE_RETAIL = """\
InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country
536365,85123A,WHITE HANGING HEART T-LIGHT HOLDER,6,12/1/2010 8:26,2.55,17850,United Kingdom
536365,71053,WHITE METAL LANTERN,2,12/1/2010 8:26,3.39,17850,United Kingdom
536366,85123A,WHITE HANGING  HEART T-LIGHT HOLDER ,1,7/1/2011 12:00,2.95,17850,Spain
536367,POST,POSTAGE,1,7/1/2011 12:00,18.0,17850,Spain
C536379,71053,WHITE METAL LANTERN,-2,7/2/2011 9:41,3.39,17850,United Kingdom
536380,22841,ROUND CAKE TIN VINTAGE GREEN,1,7/2/2011 9:45,0.0,13081,United Kingdom
536414,22139,,56,7/2/2011 11:52,0.0,,United Kingdom
536544,21773,DECORATIVE ROSE BATHROOM BOTTLE,1,7/2/2011 14:32,2.51,,United Kingdom
536381,71053,WHITE METAL LANTERN,1,7/3/2011 9:41,3.75,13081.0,United Kingdom
"""


def write_all(folder, files):
    """Write texts by name into a folder, in UTF-8 with line feeds."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8", newline="\n")
    return folder
