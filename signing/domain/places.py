"""Names of places as they stand at the end of an organisation's name: "Amnesty International *Ghana*".

Countries in English, French, Spanish, Portuguese and German as CLDR has them, regions, and what large bodies call their
sections; without accents, small words and punctuation (`roster_likeness.bare`).
"""

from __future__ import annotations

from typing import Final

PLACES: Final = frozenset(
    name.strip()
    for name in """
afeganistao, afganistan, afghanistan, africa, africa sul, afrika, afrique, afrique sud, agypten, aland islands,
alandinseln, albania, albanie, albanien, alemanha, alemania, algeria, algerie, algerien, allemagne, america,
america latina, american samoa, americas, amerikanisch samoa, amerikanische jungferninseln, amerikanische
uberseeinseln, amerique latine, andorra, andorre, angola, anguila, anguilla, antarctica, antarctique, antarktis,
antartida, antigua barbuda, aquatorialguinea, arabia saudi, arabia saudita, arabie saoudite, argelia, argentina,
argentine, argentinien, armenia, armenie, armenien, aruba, ascension, ascension island, aserbaidschan, asia,
asie, asien, athiopien, australia, australie, australien, austria, autriche, azerbaidjan, azerbaijan,
azerbaijao, azerbaiyan, bahamas, bahrain, bahrein, banglades, bangladesch, bangladesh, barbade, barbados,
barein, belarus, belgica, belgien, belgique, belgium, belice, belize, benin, bermuda, bermudas, bermudes,
bhoutan, bhutan, bielorrusia, bielorrussia, bielorussie, bolivia, bolivie, bolivien, bosnia herzegovina, bosnie
herzegovine, bosnien herzegowina, botsuana, botswana, bouvet island, bouvetinsel, brasil, brasilien, brazil,
bresil, britische jungferninseln, british virgin islands, brunei, brunei darussalam, bulgaria, bulgarie,
bulgarien, burkina faso, burquina faso, burundi, butan, butao, cabo verde, camaroes, cambodge, cambodia,
camboja, camboya, cameroon, cameroun, camerun, canada, canarias, canary islands, cap vert, cape verde, caraibes,
caribbean, caribbean netherlands, caribe, caribe neerlandes, catalonia, catalunya, catar, cayman islands,
cazaquistao, central african republic, central america, ceuta melilla, chad, chade, chequia, chile, chili,
china, chine, chipre, christmas island, chypre, cidade vaticano, ciudad vaticano, clipperton insel, clipperton
island, colombia, colombie, comoras, comores, comoros, congo, congo brazzaville, congo kinshasa, cook islands,
cookinseln, corea norte, corea sur, coree nord, coree sud, coreia norte, coreia sul, costa marfim, costa rica,
cote divoire, croacia, croatia, croatie, cuba, curacao, curazao, cyprus, czechia, danemark, denmark,
deutschland, diego garcia, dinamarca, djibouti, djibuti, dominica, dominican republic, dominikanische republik,
dominique, dschibuti, east africa, ecuador, egipto, egito, egypt, egypte, emirados arabes unidos, emiratos
arabes unidos, emirats arabes unis, england, equador, equateur, equatorial guinea, eritrea, eritreia, erythree,
eslovaquia, eslovenia, espagne, espana, espanha, essuatini, estados unidos, estland, estonia, estonie, esuatini,
eswatini, etat cite vatican, etats unis, ethiopia, ethiopie, etiopia, eu, europa, europaische union, europe,
european union, falkland islands, falklandinseln, faroe islands, faroer, fidji, fidschi, fiji, filipinas,
finland, finlande, finlandia, finnland, fiyi, flanders, franca, france, francia, frankreich, franzosisch
guayana, franzosisch polynesien, franzosische sud antarktisgebiete, french guiana, french polynesia, french
southern territories, gabao, gabon, gabun, gambia, gambie, gana, georgia, georgie, georgien, germany, ghana,
gibraltar, granada, great britain, grece, grecia, greece, greenland, grenada, grenade, griechenland, groenland,
groenlandia, gronland, guadalupe, guadeloupe, guam, guatemala, guayana francesa, guernesey, guernsey, guiana,
guiana francesa, guine, guine bissau, guine equatorial, guinea, guinea bisau, guinea bissau, guinea ecuatorial,
guinee, guinee bissau, guinee equatoriale, guyana, guyane francaise, haiti, heard mcdonald islands, heard
mcdonaldinseln, honduras, hong kong, hongrie, hungary, hungria, iceland, iemen, ile bouvet, ile christmas, ile
clipperton, ile lascension, ile man, ile norfolk, iles aland, iles caimans, iles canaries, iles cocos, iles
cook, iles feroe, iles heard macdonald, iles malouines, iles mariannes nord, iles marshall, iles pitcairn, iles
salomon, iles turques caiques, iles vierges britanniques, ilha ascensao, ilha bouvet, ilha christmas, ilha
clipperton, ilha man, ilha norfolk, ilhas aland, ilhas canarias, ilhas cayman, ilhas cook, ilhas faroe, ilhas
heard mcdonald, ilhas malvinas, ilhas marianas norte, ilhas marshall, ilhas pitcairn, ilhas salomao, ilhas
turcas caicos, ilhas virgens americanas, ilhas virgens britanicas, inde, india, indien, indonesia, indonesie,
indonesien, internacional, international, ira, irak, iran, iraq, iraque, ireland, irland, irlanda, irlande, isla
ascension, isla bouvet, isla clipperton, isla man, isla navidad, isla norfolk, island, islande, islandia, islas
aland, islas caiman, islas cocos, islas cook, islas feroe, islas heard mcdonald, islas malvinas, islas marianas
norte, islas marshall, islas pitcairn, islas salomon, islas turcas caicos, islas virgenes britanicas, isle man,
israel, italia, italie, italien, italy, jamaica, jamaika, jamaique, japan, japao, japon, jemen, jersey, jordan,
jordania, jordanie, jordanien, kaimaninseln, kambodscha, kamerun, kanada, kanarische inseln, karibische
niederlande, kasachstan, katar, kazajistan, kazakhstan, kenia, kenya, kirghizstan, kirgisistan, kirguistan,
kiribati, kokosinseln, kolumbien, komoren, kongo brazzaville, kongo kinshasa, kosovo, koweit, kroatien, kuba,
kuwait, kyrgyzstan, laos, latvia, lebanon, lesotho, lesoto, letonia, lettland, lettonie, liban, libano, libanon,
liberia, libia, libya, libye, libyen, liechtenstein, litauen, lithuania, lituania, lituanie, luxembourg,
luxemburg, luxemburgo, macao sar china, macau rae china, macedoine nord, macedonia norte, madagascar,
madagaskar, malaisie, malasia, malaui, malawi, malaysia, maldivas, maldives, malediven, mali, malta, malte,
maroc, marokko, marrocos, marruecos, marshall islands, marshallinseln, martinica, martinique, mauretanien,
maurice, mauricio, mauritania, mauritanie, mauritius, mayotte, mena, mexico, mexiko, mexique, micronesia,
micronesie, middle east, mikronesien, mocambique, moldavia, moldavie, moldova, monaco, mongolei, mongolia,
mongolie, montenegro, montserrat, morocco, mosambik, mozambique, myanmar, namibia, namibie, nauru, nepal,
netherlands, neukaledonien, neuseeland, new caledonia, new zealand, nicaragua, niederlande, niger, nigeria,
niue, nordkorea, nordliche marianen, nordmazedonien, norfolk island, norfolkinsel, north america, north korea,
north macedonia, northern ireland, northern mariana islands, noruega, norvege, norway, norwegen, nouvelle
caledonie, nouvelle zelande, nova caledonia, nova zelandia, nueva caledonia, nueva zelanda, oceania, oma, oman,
osterreich, ouganda, ouzbekistan, pacific, paises baixos, paises baixos caribenhos, paises bajos, pakistan,
palaos, palastinensische autonomiegebiete, palau, palestinian territories, panama, papouasie nouvelle guinee,
papua neuguinea, papua new guinea, papua nova guine, papua nueva guinea, paquistao, paraguai, paraguay, pays
bas, pays bas caribeens, perou, peru, philippinen, philippines, pitcairn islands, pitcairninseln, poland, polen,
polinesia francesa, pologne, polonia, polynesie francaise, porto rico, portugal, puerto rico, qatar, quebec,
quenia, quirguistao, quiribati, ras chinoise macao, reino unido, republica centro africana, republica
centroafricana, republica congo, republica democratica congo, republica dominicana, republik moldau, republique
centrafricaine, republique dominicaine, reuniao, reunion, romania, romenia, roumanie, royaume uni, ruanda,
rumania, rumanien, rusia, russia, russie, russland, rwanda, saara ocidental, sahara occidental, saint
barthelemy, saint christophe nieves, saint marin, saint martin, saint pierre miquelon, saint vincent grenadines,
sainte helene, sainte lucie, salomonen, salvador, sambia, samoa, samoa americaines, samoa americana, san
bartolome, san cristobal nieves, san marino, san martin, san pedro miquelon, san vicente granadinas, santa
elena, santa helena, santa lucia, santo tome principe, sao bartolomeu, sao cristovao nevis, sao martinho, sao
pedro miquelao, sao tome principe, sao vicente granadinas, sark, saudi arabia, saudi arabien, schweden, schweiz,
scotland, seicheles, senegal, serbia, serbie, serbien, serra leoa, servia, seychellen, seychelles, sierra leona,
sierra leone, simbabwe, singapore, singapour, singapur, singapura, sint maarten, siria, slovakia, slovaquie,
slovenia, slovenie, slowakei, slowenien, solomon islands, somalia, somalie, sonderverwaltungsregion hongkong,
sonderverwaltungsregion macau, soudan, soudan sud, south africa, south america, south korea, south sudan,
southern africa, spain, spanien, spitzbergen jan mayen, sri lanka, st barthelemy, st helena, st kitts nevis, st
lucia, st martin, st pierre miquelon, st vincent grenadinen, st vincent grenadines, sudafrica, sudafrika, sudan,
sudan sur, sudao, sudao sul, sudgeorgien sudlichen sandwichinseln, sudkorea, sudsudan, suecia, suede, suica,
suisse, suiza, surinam, suriname, svalbard jan mayen, sweden, switzerland, syria, syrie, syrien, tadjikistan,
tadjiquistao, tadschikistan, tailandia, taiwan, tajikistan, tansania, tanzania, tanzanie, tayikistan, tchad,
tchequia, tchequie, terres australes francaises, territoires palestiniens, territorios australes franceses,
territorios franceses sul, territorios palestinos, thailand, thailande, timor leste, timor oriental, togo,
tokelau, tonga, trinidad tobago, trinite tobago, tristan acuna, tristan cunha, tristao cunha, tschad,
tschechien, tunesien, tunez, tunisia, tunisie, turcomenistao, turkei, turkiye, turkmenistan, turks caicos
islands, turks caicosinseln, turquia, turquie, tuvalu, ucrania, uganda, uk, ukraine, ungarn, uniao europeia,
union europea, union europeenne, united arab emirates, united kingdom, united states, uruguai, uruguay, us, us
outlying islands, us virgin islands, usa, usbekistan, uzbekistan, uzbequistao, vanuatu, vatican city,
vatikanstadt, venezuela, vereinigte arabische emirate, vereinigte staaten, vereinigtes konigreich, viet nam,
vietna, vietnam, wales, wallis futuna, wallonia, weihnachtsinsel, west africa, western sahara, westsahara,
yemen, yibuti, zambia, zambie, zentralafrikanische republik, zimbabue, zimbabwe, zypern
""".replace("\n", " ").split(",")
)
